import type { Argument, Command, Option } from 'commander';
import { NOT_OF_MAKE, VERBS } from '../verbs.ts';
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
  '`npx platform-marker verify --distro azlinux3` anywhere. What an option is called with make stands in the second column. ' +
  `${NOT_OF_MAKE.map(code).join(' and ')} are no targets of make.`;

function verbSection(name: string, program: Command): string[] {
  const options = program.options.filter((option) => !option.hidden);
  const head = [`### ${name}`, `${capital(program.description())}.`];
  const args = program.registeredArguments;
  if (options.length + args.length === 0) return head;
  const rows = [
    ...args.map((argument) => row([code(termOf(argument)), '', describe(argument)])),
    ...options.map((option) =>
      row([
        code(option.flags),
        option.envVar === undefined ? '' : code(`${option.envVar}=`),
        describe(option),
      ]),
    ),
  ];
  const what = args.length === 0 ? 'option' : 'argument or option';
  return [...head, [row([what, 'make', 'what it does']), row(['---', '---', '---']), ...rows].join('\n')];
}

/** `<shell>`, `[reports...]`: as usage messages have it. */
function termOf(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function describe(given: Argument | Option): string {
  return [capital(given.description), ...choices(given), ...preset(given)]
    .join('. ')
    .replace(/([^.])$/, '$1.');
}

function choices({ argChoices, description }: Argument | Option): string[] {
  // Where the description says what each one does they need not be listed.
  if (argChoices === undefined || argChoices.every((choice) => description.includes(choice))) return [];
  return [`One of ${argChoices.map(code).join(', ')}`];
}

function preset({ defaultValue }: Argument | Option): string[] {
  return defaultValue === undefined ? [] : [`Default: ${code(String(defaultValue))}`];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
