import type { Command } from 'commander';
import { suggestion } from '../fault/didYouMean.ts';
import { wrongInput } from '../fault/fault.ts';
import { forgetMakeVariables, makeVariables } from '../fault/spelling.ts';

/** What stands on make's command line for the programs that a run starts, and for the run's surroundings. */
const SURROUNDINGS = /^(?:PLATFORM_MARKER|DOCKER|BUILDX|BUILDKIT|MAKE|XDG|NODE)_|^[a-z.]/;

/**
 * Lets the options of a verb take their values from make's variables where the project's Makefile started it, and nowhere
 * else: in another project's environment `PLATFORM` or `OUT` mean something of its own.
 *
 * @throws {Fault} (wrong input) for a variable on make's command line that is none of the verb's options.
 */
export function takeVariables(program: Command): void {
  const given = makeVariables();
  if (given === undefined) {
    for (const option of program.options) delete option.envVar;
    return;
  }
  const known = program.options.flatMap(({ envVar }) => envVar ?? []);
  const unknown = given.filter((name) => !known.includes(name) && !SURROUNDINGS.test(name));
  forgetMakeVariables();
  if (unknown.length === 0) return;
  const takes = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`;
  throw wrongInput(
    unknown.map((name) => ({
      message: `\`${program.name()}\` takes no ${name}${suggestion(name, known)}`,
      next: `${takes}; what is meant for the environment goes before \`make\``,
    })),
  );
}
