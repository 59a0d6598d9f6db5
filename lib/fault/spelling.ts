/** An option's value by its make variable, `{ DISTRO: 'azlinux3' }`; true where naming it is enough. */
export type OptionValues = Readonly<Record<string, string | true>>;

/**
 * What this project's Makefile sets for the verbs that it starts: the names of the variables on make's command line. Nowhere
 * else is there a Makefile whose targets could be told to a person, and nowhere else do plain variables set options.
 */
const MAKE = 'PLATFORM_MARKER_MAKE';
/** How the program is called where it is a package: `npx` finds it in the project, on the system, or fetches it. */
export const PROGRAM = 'npx platform-marker';

/** The names of the variables on make's command line; undefined where it was not the Makefile that started this. */
export function makeVariables(env: NodeJS.ProcessEnv = process.env): string[] | undefined {
  return env[MAKE]?.split(' ').filter((name) => name !== '');
}

/** Once they were asked for: a program that this one starts has options of its own. */
export function forgetMakeVariables(): void {
  process.env[MAKE] = '';
}

/**
 * A command for a person to run, as it is spelled where they are: `make generate FORCE=<distro>`, or
 * `npx platform-marker generate --force <distro>`. Values are put in as they are, quoted by the caller where they have to be.
 */
export function spellCommand(verb: string, options: OptionValues = {}): string {
  const words = Object.entries(options).map(([name, value]) => spellOption(name, value));
  if (makeVariables() === undefined) return [PROGRAM, verb, ...words].join(' ');
  if (verb === 'engine' && options['STOP'] === true) return 'make engine-stop';
  return ['make', verb, ...words].join(' ');
}

/** An option with its value: `OUT=<folder>` or `--out <folder>`; with true, `FIX=1` or `--fix`. */
export function spellOption(name: string, value: string | true): string {
  if (makeVariables() === undefined) return value === true ? spellName(name) : `${spellName(name)} ${value}`;
  return `${name}=${value === true ? '1' : value}`;
}

/** An option's name: `WORKER_PATH` or `--worker-path`. */
export function spellName(name: string): string {
  return makeVariables() === undefined ? `--${name.toLowerCase().replaceAll('_', '-')}` : name;
}
