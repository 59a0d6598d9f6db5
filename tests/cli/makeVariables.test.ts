import { Command, Option } from 'commander';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { refuseEmpty, takeVariables } from '../../lib/cli/makeVariables.ts';
import { withEnv } from '../withEnv.ts';

/** The options of a verb by what is in its environment; `make` is what the Makefile says stands on its command line. */
function take(
  make: string | undefined,
  env: Record<string, string> = {},
  args: readonly string[] = [],
): Record<string, unknown> {
  return withEnv({ PLATFORM_MARKER_MAKE: make, DISTRO: undefined, OUT: undefined, ...env }, () => {
    const program = new Command('make verify')
      .addOption(new Option('--distro <names>').env('DISTRO'))
      .addOption(new Option('--out <folder>').env('OUT').default('out'));
    const given = takeVariables(program);
    program.parse(args, { from: 'user' });
    refuseEmpty(program, given);
    return program.opts();
  });
}

test('a make variable is an option', () => {
  assert.equal(take('DISTRO', { DISTRO: 'a' }), { distro: 'a', out: 'out' });
  assert.equal(take('', { OUT: 'there' }), { out: 'there' }, 'one that was exported before make');
});

test('another project’s variables are none', () => {
  assert.equal(take(undefined, { DISTRO: 'a', OUT: 'there' }), { out: 'out' });
});

test('a variable that the verb does not know is refused, with the one that was meant', () => {
  assert.throws(
    () => take('DISTROS OUT', { DISTROS: 'a' }),
    ({ message }: Error) =>
      message ===
      '`make verify` takes no DISTROS (did you mean "DISTRO"?)\n' +
        '  it takes DISTRO, OUT; what is meant for the environment goes before `make`',
  );
});

test('one in small letters is refused where it is meant for an option', () => {
  assert.throws(() => take('distro', { distro: 'a' }), /takes no distro \(did you mean "DISTRO"\?\)/);
  assert.equal(take('srcdir'), { out: 'out' });
});

test('an option that is given empty is refused, for it is mostly a variable that is not set', () => {
  assert.throws(() => take('DISTRO', { DISTRO: '' }), /^DISTRO is empty\n {2}give it a value/);
  assert.throws(() => take(undefined, {}, ['--distro=']), /^--distro is empty\n/);
  assert.throws(() => take(undefined, {}, ['--out', '']), /^--out is empty\n/);
  assert.equal(take('', { DISTRO: '' })['distro'] ?? '', '', 'an empty one of the environment is not set');
});

test('what is there for the programs that a run starts is let through', () => {
  assert.equal(take('BUILDX_BUILDER PLATFORM_MARKER_CACHE DOCKER_HOST'), { out: 'out' });
});

test('what stood on make’s command line is asked of one verb, not of what it starts', () => {
  withEnv({ PLATFORM_MARKER_MAKE: 'PAIRS', PAIRS: '1' }, () => {
    const bench = new Command('bench').addOption(new Option('--pairs <n>').env('PAIRS'));
    assert.equal(takeVariables(bench), ['PAIRS']);
    assert.equal(takeVariables(new Command('verify')), []);
  });
});

test.run();
