// `platform-marker <verb>`: loads the verb that is asked for, and nothing of the others.
import { spellCommand } from '../lib/fault/spelling.ts';
import { VERBS } from './verbs.ts';

const [word, ...rest] = process.argv.slice(2);
const verbs = Object.values(VERBS).flat();
// `help verify` is `verify --help`.
const asked = word === 'help' && rest.length > 0 ? rest[0] : word;
const verb = verbs.find(({ name }) => name === asked);

if (verb !== undefined) {
  const [{ runVerb }, { program, run }] = await Promise.all([import('../lib/cli/runVerb.ts'), verb.load()]);
  program.name(spellCommand(verb.name));
  await runVerb(program, run, word === 'help' ? ['--help'] : rest);
} else if (asked === undefined || ['help', '--help', '-h'].includes(asked)) {
  const { helpText } = await import('../lib/cli/helpText.ts');
  print(helpText(VERBS));
} else if (['--version', '-V'].includes(asked)) {
  const { toolVersion } = await import('../lib/cli/toolVersion.ts');
  print(`${await toolVersion()}\n`);
} else {
  const { refuseVerb } = await import('../lib/cli/refuseVerb.ts');
  await refuseVerb(
    asked,
    verbs.map(({ name }) => name),
  );
}

function print(text: string): void {
  // A reader that has gone has seen enough.
  process.stdout.on('error', () => undefined).write(text);
}
