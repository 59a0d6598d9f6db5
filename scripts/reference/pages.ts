import { EXIT } from '../../lib/fault/fault.ts';
import { matrixJsonSchema } from '../../lib/matrix/jsonSchema.ts';
import { VERDICTS } from '../../lib/proof/verdict.ts';
import { reportJsonSchema } from '../../lib/report/schema.ts';
import { code, row, schemaTable, type Schema } from './schemaTable.ts';
import { cliPage } from './cliPage.ts';

/** Says where a page comes from, so that nobody edits it by hand. */
const WRITTEN = 'This page is written by `make reference`, from the code.';

/** Every page of `docs/reference/` that follows from the code: its name and its text. */
export async function referencePages(): Promise<Readonly<Record<string, string>>> {
  return {
    'cli.md': page('Verbs and options', await cliPage()),
    'distros.yaml.md': page('distros.yaml', [
      'What is verified: platforms, distros and subjects. JSON Schema for editors: `schemas/distros.schema.json`.',
      schemaTable(JSON.parse(matrixJsonSchema()) as Schema),
    ]),
    'report.md': page('report.json', [
      'What a run came to, in `out/report.json`; the other reports are made of the same. JSON Schema: `schemas/report.schema.json`.',
      schemaTable(JSON.parse(reportJsonSchema()) as Schema),
    ]),
    'exit-status.md': page('Exit statuses and verdicts', [...exitStatuses(), ...verdicts()]),
  };
}

function page(title: string, parts: readonly string[]): string {
  const tables = ['<!-- prettier-ignore-start -->', ...parts, '<!-- prettier-ignore-end -->'];
  return `${[`# ${title}`, WRITTEN, ...tables].join('\n\n')}\n`;
}

const MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  verified: 'All is as it should be: every cell passed and every control was caught; nothing to complain of.',
  fellShort: 'A cell or a control fell short, a check found something, or a command failed.',
  wrongInput: 'Wrong input: an option, a file or a folder that cannot be used. Nothing was judged.',
  noBuilder: 'There is no builder that can do the job.',
};

function exitStatuses(): string[] {
  const rows = Object.entries(EXIT).map(([name, status]) =>
    row([String(status), MEANINGS[name as keyof typeof EXIT]]),
  );
  return [
    '## Exit statuses',
    [
      row(['status', 'meaning']),
      row(['---', '---']),
      ...rows,
      row([
        '128 + n',
        'Ended by signal n: 130 for Ctrl-C, 143 for SIGTERM. What the run made is taken away first.',
      ]),
    ].join('\n'),
    'make itself turns every failure into 2: where the difference counts, use `npx platform-marker`.',
  ];
}

function verdicts(): string[] {
  const rows = Object.entries(VERDICTS).map(([verdict, meaning]) => row([code(verdict), meaning]));
  return [
    '## Verdicts',
    [row(['verdict', 'meaning']), row(['---', '---']), ...rows].join('\n'),
    'What to do about each is in [Read a verdict](../how-to/read-a-verdict.md).',
  ];
}
