import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';

/** The shells that are known, each with what makes the function of the script the completion of a command. */
const REGISTER = {
  bash: `complete -o default -F _platform_marker platform-marker
if ! complete -p npx >/dev/null 2>&1; then complete -o default -F _platform_marker npx; fi
`,
  // Its own emulation of bash's completion: one function for both.
  zsh: `if (( ! $+functions[compdef] )); then autoload -Uz compinit && compinit; fi
autoload -Uz bashcompinit && bashcompinit
complete -o default -F _platform_marker platform-marker
if (( ! $+_comps[npx] )); then complete -o default -F _platform_marker npx; fi
`,
};

export type Shell = keyof typeof REGISTER;
export const SHELLS = Object.keys(REGISTER) as Shell[];

/** A verb with its options as commander has them. */
export interface VerbProgram {
  name: string;
  program: Command;
}

/**
 * What the values of an option are, in lists that are separated by commas, where commander does not know it: by the option,
 * `--worker-path`, or by verb and option, `init --distro`, which goes before.
 */
export type ListedValues = Readonly<Record<string, readonly string[] | 'distros'>>;

/**
 * A script that completes verbs, their options and the values of these. It has all of it in itself, so that no key press
 * starts a process, but for `distros`: the names in the distros.yaml of the folder where a person is.
 *
 * The form is that of bash's programmable completion (bash manual, 8.6), which zsh takes as well.
 */
export async function completionScript(
  shell: Shell,
  verbs: readonly VerbProgram[],
  listed: ListedValues,
): Promise<string> {
  const reply = await readFile(new URL('reply.sh', import.meta.url), 'utf8');
  const names = [...verbs.map(({ name }) => name), 'help'];
  const cases = [
    entry([''], words([...names, '--help', '--version'])),
    entry(['help'], words(names)),
    ...verbs.flatMap((verb) => verbCases(verb, listed)),
  ];
  return [
    `# Completion of platform-marker for ${shell}, written by \`platform-marker completion ${shell}\`.`,
    '',
    '# What is known: what may stand behind words of the command line, and whether an option takes a value.',
    '_platform_marker_known() {',
    "  words=''",
    '  case $1 in',
    ...cases.map((line) => `    ${line}`),
    '  esac',
    '}',
    '',
    reply,
    REGISTER[shell],
  ].join('\n');
}

/** Behind the verb, behind `-`, and behind each option that takes a value. */
function verbCases({ name, program }: VerbProgram, listed: ListedValues): string[] {
  const options = program.options.filter(({ hidden }) => !hidden);
  const flags = [...options.map(({ long, short }) => long ?? short ?? ''), '--help'];
  const [argument] = program.registeredArguments;
  // A verb that is given files leaves them to the shell; one that is given nothing goes on with options.
  const next = argument === undefined ? flags : (argument.argChoices ?? []);
  const valued = options
    .filter(({ required }) => required)
    .map(({ long, short, argChoices }) => {
      const spelled = [long, short].flatMap((flag) => (flag === undefined ? [] : [`${name} ${flag}`]));
      const values = listed[`${name} ${long ?? ''}`] ?? listed[long ?? ''];
      if (values === 'distros') return entry(spelled, 'takes=list words=$(_platform_marker_distros)');
      if (values !== undefined) return entry(spelled, `takes=list ${words(values)}`);
      return entry(spelled, `takes=value ${words(argChoices ?? [])}`);
    });
  return [entry([name], words(next)), entry([`${name} -`], words(flags)), ...valued];
}

function entry(behind: readonly string[], sets: string): string {
  return `${behind.map(quoted).join(' | ')}) ${sets} ;;`;
}

function words(all: readonly string[]): string {
  return `words=${quoted(all.join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
