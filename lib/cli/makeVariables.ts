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
 * @returns the variables on make's command line; none where that did not start it.
 * @throws {Fault} (wrong input) for one that is none of the verb's options.
 */
export function takeVariables(program: Command): readonly string[] {
  const given = makeVariables();
  if (given === undefined) {
    for (const option of program.options) delete option.envVar;
    return [];
  }
  const known = program.options.flatMap(({ envVar }) => envVar ?? []);
  const unknown = given.filter(
    (name) => !known.includes(name) && (!SURROUNDINGS.test(name) || known.includes(name.toUpperCase())),
  );
  forgetMakeVariables();
  if (unknown.length === 0) return given;
  const takes = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`;
  throw wrongInput(
    unknown.map((name) => ({
      message: `\`${program.name()}\` takes no ${name}${suggestion(name, known)}`,
      next: `${takes}; what is meant for the environment goes before \`make\``,
    })),
  );
}

/**
 * Refuses an option that a person gives with an empty value, which is mostly a variable of theirs that is not set: what the verb
 * does without it is another thing. A variable of the environment that is empty is not set.
 *
 * @param given the variables on make's command line.
 * @throws {Fault} (wrong input)
 */
export function refuseEmpty(program: Command, given: readonly string[]): void {
  const values = program.opts<Record<string, unknown>>();
  const empty = program.options.filter((option) => {
    const name = option.attributeName();
    const isGiven = program.getOptionValueSource(name) === 'cli' || given.includes(option.envVar ?? '');
    return option.required && isGiven && values[name] === '';
  });
  if (empty.length === 0) return;
  throw wrongInput(
    empty.map(({ long, envVar }) => ({
      message: `${makeVariables() === undefined && given.length === 0 ? (long ?? '') : (envVar ?? '')} is empty`,
      next: 'give it a value, or leave it out',
    })),
  );
}
