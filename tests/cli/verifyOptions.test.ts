import { Command } from 'commander';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { givenVariables, readVerifyOptions, verifyOptions } from '../../lib/cli/verifyOptions.ts';
import type { VerifyOptions } from '../../lib/cli/verifyOptions.ts';
import { Fault } from '../../lib/fault/fault.ts';

/** The options as a run with these arguments and environment variables reads them. */
function read(args: readonly string[], variables: Readonly<Record<string, string>> = {}): VerifyOptions {
  const names = verifyOptions.flatMap(({ envVar }) => envVar ?? []);
  const before = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, variables);
  try {
    const program = new Command().exitOverride();
    for (const option of verifyOptions) program.addOption(option);
    program.parse(args, { from: 'user' });
    return readVerifyOptions(program.opts());
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}

function refusal(args: readonly string[]): string {
  try {
    read(args);
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

test('by default every distro, platform and path is verified, for ten minutes a build, into out', () => {
  assert.equal(read([]), {
    distros: [],
    platforms: [],
    paths: ['worker-context', 'base-context', 'source-policy'],
    shard: undefined,
    times: undefined,
    subject: undefined,
    frontend: undefined,
    bases: undefined,
    requireRealBases: false,
    builder: 'auto',
    markerRegistry: undefined,
    allowEmulator: false,
    timeout: 600_000,
    out: 'out',
  });
});

test('a make variable says what an option says', () => {
  const variables = { DISTRO: 'a, b', WORKER_PATH: 'source-policy', TIMEOUT: '0.5', REQUIRE_REAL_BASES: '1' };
  const { distros, paths, timeout, requireRealBases } = read([], variables);
  assert.equal([distros, paths, timeout, requireRealBases], [['a', 'b'], ['source-policy'], 30_000, true]);
});

test('an option outranks the variable', () => {
  assert.equal(read(['--distro', 'a'], { DISTRO: 'b' }).distros, ['a']);
});

for (const no of ['', '0', 'no', 'false']) {
  test(`ALLOW_EMULATOR=${no} does not allow an emulator`, () => {
    assert.is(read([], { ALLOW_EMULATOR: no }).allowEmulator, false);
    assert.is(read([], { REQUIRE_REAL_BASES: no }).requireRealBases, false);
  });
}

for (const [args, variables] of [
  [['--allow-emulator'], {}],
  [[], { ALLOW_EMULATOR: '1' }],
  [[], { ALLOW_EMULATOR: 'yes' }],
] as const) {
  test(`${args.join(' ')} ${JSON.stringify(variables)} allows one`, () => {
    assert.is(read(args, variables).allowEmulator, true);
  });
}

test('a variable that is empty is one that is not given', () => {
  const names = ['DISTRO', 'PLATFORM', 'WORKER_PATH', 'SUBJECT', 'FRONTEND', 'BASES', 'TIMEOUT', 'OUT'];
  assert.equal(read([], Object.fromEntries(names.map((name) => [name, '']))), read([]));
});

test('paths come in the order of the table, whichever way they are written', () => {
  assert.equal(read(['--worker-path', 'source-policy worker-context']).paths, [
    'worker-context',
    'source-policy',
  ]);
});

test('a path that there is not is named, with the one that was meant', () => {
  assert.is(
    refusal(['--worker-path', 'base-contxt,x']),
    'there is no path "base-contxt" (did you mean "base-context"?)\n' +
      '  the paths are worker-context, base-context, source-policy\n' +
      'there is no path "x"\n  the paths are worker-context, base-context, source-policy',
  );
});

for (const minutes of ['ten', '0', '-1', 'Infinity', '1e9', 'NaN']) {
  test(`a time limit of ${minutes} is refused`, () => {
    assert.match(
      refusal([`--timeout=${minutes}`]),
      `a time limit of "${minutes}" is not a number of minutes`,
    );
  });
}

test('what was asked for is given back by its variables, quoted for a shell', () => {
  const given = read(['--subject', 'my subject', '--builder', 'sealed', '--allow-emulator', '--bases', 'b']);
  assert.equal(givenVariables(given), {
    SUBJECT: "$'my subject'",
    BASES: 'b',
    BUILDER: 'sealed',
    ALLOW_EMULATOR: true,
  });
  assert.equal(givenVariables(read(['--require-real-bases', '--timeout', '0.5'])), {
    REQUIRE_REAL_BASES: true,
    TIMEOUT: '0.5',
  });
  assert.equal(givenVariables(read(['--distro', 'a'])), {});
});

test.run();
