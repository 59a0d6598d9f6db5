import type { Command, Option } from 'commander';
import { VERBS } from '../verbs.ts';
import { code, row } from './schemaTable.ts';

/** Every verb with its options, by both names: as the command line has them and as make variables. */
export async function cliPage(): Promise<string[]> {
  const groups = await Promise.all(
    Object.entries(VERBS).map(async ([group, verbs]) => {
      const sections = await Promise.all(
        verbs.map(async ({ name, load }) => verbSection(name, (await load()).program)),
      );
      return [`## ${group}`, ...sections.flat()];
    }),
  );
  return [INTRODUCTION, ...groups.flat()];
}

const INTRODUCTION =
  'A verb is called in two ways, which do the same: `make verify DISTRO=azlinux3` in a clone of this repository, and ' +
  '`npx platform-marker verify --distro azlinux3` anywhere. What an option is called with make stands in the second column.';

function verbSection(name: string, program: Command): string[] {
  const options = program.options.filter((option) => !option.hidden);
  const head = [`### ${name}`, `${capital(program.description())}.`];
  if (options.length === 0) return head;
  const rows = options.map((option) =>
    row([
      code(option.flags),
      option.envVar === undefined ? '' : code(`${option.envVar}=`),
      [capital(option.description), ...choices(option), ...preset(option)]
        .join('. ')
        .replace(/([^.])$/, '$1.'),
    ]),
  );
  return [...head, [row(['option', 'make', 'what it does']), row(['---', '---', '---']), ...rows].join('\n')];
}

function choices({ argChoices, description }: Option): string[] {
  // Where the description says what each one does they need not be listed.
  if (argChoices === undefined || argChoices.every((choice) => description.includes(choice))) return [];
  return [`One of ${argChoices.map(code).join(', ')}`];
}

function preset({ defaultValue }: Option): string[] {
  return defaultValue === undefined ? [] : [`Default: ${code(String(defaultValue))}`];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
