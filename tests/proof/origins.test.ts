import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BuildStep } from '../../lib/proof/llb.ts';
import { isWholeRoot, originsOfResult } from '../../lib/proof/origins.ts';
import { readMetadata } from '../../lib/proof/provenance.ts';
import { copy, exec, file, image, result, step } from './steps.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/buildkit/metadata-apt.json', import.meta.url));
const MARKER = image('m', 'marker', 'arm64');
const TOOLS = image('t', 'tools', 'amd64');

/** `tools` for a whole root, `tools /delta` for a part, `tools / in elsewhere` where it lies in a folder, `!` where a command ran. */
function read(...steps: BuildStep[]): string[] {
  return originsOfResult(steps).map((origin) => {
    const { source, path, place, ran } = origin;
    const name = source.identifier.replace('docker-image://', '');
    const whole = isWholeRoot(origin) ? name : `${name} ${path}${place === 'root' ? '' : ` in ${place}`}`;
    return (ran ? '!' : '') + whole;
  });
}

const CASES: [title: string, steps: BuildStep[], origins: string[]][] = [
  ['An image is the whole root', [MARKER, result('m:0')], ['marker']],
  [
    'Scratch is nothing',
    [file('f', [], copy('/', '/', { input: -1, secondaryInput: -1 })), result('f:0')],
    [],
  ],
  [
    'A file that is copied is a part',
    [MARKER, TOOLS, file('f', ['m:0', 't:0'], copy('/bin/x', '/usr/')), result('f:0')],
    ['marker', 'tools /bin/x in programs'],
  ],
  [
    'A root copied over a root comes after it',
    [MARKER, TOOLS, file('f', ['m:0', 't:0'], copy('/', '/')), result('f:0')],
    ['marker', 'tools'],
  ],
  [
    'A root copied below a folder is no root',
    [MARKER, TOOLS, file('f', ['m:0', 't:0'], copy('/', '/opt/sysroot')), result('f:0')],
    ['marker', 'tools / in elsewhere'],
  ],
  [
    'A root copied onto scratch is the root',
    [MARKER, file('f', ['m:0'], copy('/', '/', { input: -1, secondaryInput: 0 })), result('f:0')],
    ['marker'],
  ],
  [
    'A root that was kept below a folder, worked on and taken out again is the root',
    [
      MARKER,
      TOOLS,
      file('in', ['t:0', 'm:0'], copy('/', '/rootfs/')),
      exec('x', ['in:0'], { output: 0 }),
      file('out', ['x:0'], copy('/rootfs/', '/', { input: -1, secondaryInput: 0 })),
      result('out:0'),
    ],
    ['!tools /rootfs', '!marker'],
  ],
  [
    'A pattern is a part even if it takes in everything',
    [MARKER, file('f', ['m:0'], copy('/*', '/', { input: -1, secondaryInput: 0 })), result('f:0')],
    ['marker /*'],
  ],
  [
    'Patterns to include make it a part',
    [MARKER, file('f', ['m:0'], copy('/', '/', { input: -1, secondaryInput: 0 }, ['etc'])), result('f:0')],
    ['marker /{etc}'],
  ],
  [
    'A copy that leaves something out is a part',
    [MARKER, file('f', ['m:0'], copy('/', '/', { input: -1, secondaryInput: 0 }, ['!etc'])), result('f:0')],
    ['marker /{!etc}'],
  ],
  [
    'The root of an exec op is the root of its mount',
    [MARKER, TOOLS, exec('x', ['t:0', 'm:0'], { output: 0 }, { input: 1, dest: '/mnt' }), result('x:0')],
    ['!tools'],
  ],
  [
    'Another mount that is passed on is what it was of',
    [
      MARKER,
      TOOLS,
      exec('x', ['t:0', 'm:0'], { output: 0 }, { input: 1, dest: '/mnt', output: 1 }),
      result('x:1'),
    ],
    ['!marker'],
  ],
  [
    'A mount of a folder is passed on as the whole that it is of',
    [MARKER, exec('x', ['m:0'], { selector: '/etc', output: 0 }), result('x:0')],
    ['!marker'],
  ],
  [
    'A mount of scratch is what the command made',
    [MARKER, exec('x', ['m:0'], {}, { input: -1, dest: '/out', output: 0 }), result('x:0')],
    ['!a command /*'],
  ],
  [
    'Actions of one op build on each other',
    [
      MARKER,
      TOOLS,
      file(
        'f',
        ['m:0', 't:0'],
        copy('/', '/', { input: -1, secondaryInput: 1, output: -1 }),
        copy('/', '/', { input: 2, secondaryInput: 0, output: 0 }),
      ),
      result('f:0'),
    ],
    ['tools', 'marker'],
  ],
  [
    'A merge lays its inputs over each other',
    [MARKER, TOOLS, step('g', { kind: 'merge', inputs: [1, 0] }, ['m:0', 't:0']), result('g:0')],
    ['tools', 'marker'],
  ],
  [
    'A difference is without what was there before',
    [
      MARKER,
      TOOLS,
      file('f', ['m:0', 't:0'], copy('/bin', '/bin')),
      step('d', { kind: 'diff', lower: 0, upper: 1 }, ['m:0', 'f:0']),
      result('d:0'),
    ],
    ['tools /bin in programs'],
  ],
  [
    'A difference to scratch is the whole',
    [MARKER, step('d', { kind: 'diff', lower: -1, upper: 0 }, ['m:0']), result('d:0')],
    ['marker'],
  ],
  [
    'What is passed through is what came in',
    [MARKER, TOOLS, step('p', { kind: 'passthrough', outputs: [1] }, ['t:0', 'm:0']), result('p:0')],
    ['marker'],
  ],
  [
    'A folder above the root cannot be copied from',
    [MARKER, file('f', ['m:0'], copy('/../..', '/../', { input: -1, secondaryInput: 0 })), result('f:0')],
    ['marker'],
  ],
];

for (const [title, steps, origins] of CASES) {
  test(title, () => {
    assert.equal(read(...steps), origins);
  });
}

test('A native install that is copied over a foreign base leaves the base as the root', () => {
  const { targets } = readMetadata(readFileSync(FIXTURE, 'utf8'), FIXTURE, () => []);
  const origins = originsOfResult(targets.get('w')?.get('linux/arm64')?.steps ?? []);
  const wholes = origins.filter(isWholeRoot);
  assert.is(wholes.length, 1);
  assert.is(wholes[0]?.platform?.architecture, 'arm64');
  assert.equal(
    origins.filter((one) => !isWholeRoot(one)).map(({ path, ran }) => ({ path, ran })),
    [{ path: '/delta', ran: true }],
  );
});

for (const [title, steps, message] of [
  ['An op that is not there', [result('m:0')], 'no such op'],
  [
    'An input that is not there',
    [MARKER, file('f', ['m:0'], copy('/', '/')), result('f:0')],
    'f has no input 1',
  ],
  [
    'An output that is numbered out of its order',
    [
      MARKER,
      TOOLS,
      exec('x', ['m:0', 't:0'], { output: 1 }, { input: 1, dest: '/m', output: 0 }),
      result('x:0'),
    ],
    'out of their order',
  ],
  ['An output that is not there', [MARKER, exec('x', ['m:0'], {}), result('x:0')], 'x has no output 0'],
  [
    'An action that builds on a later one',
    [MARKER, file('f', ['m:0'], copy('/', '/', { input: 1 })), result('f:0')],
    'f has no input 1',
  ],
] as const) {
  test(`${title} is refused by name`, () => {
    assert.throws(
      () => originsOfResult(steps),
      (error: Error) => error instanceof RangeError && error.message.includes(message),
    );
  });
}

test('A tree of copies that doubles with every op is followed in no time', () => {
  const steps: BuildStep[] = [MARKER];
  let last = 'm:0';
  for (let n = 0; n < 200; n++) {
    steps.push(file(`f${n}`, [last, last], copy('/', '/'), copy('/', `/d${n}`, { input: 2, output: 1 })));
    last = `f${n}:1`;
  }
  steps.push(result(last));
  const started = process.cpuUsage();
  try {
    originsOfResult(steps);
  } catch (error) {
    assert.instance(error, RangeError);
  }
  assert.ok(process.cpuUsage(started).user < 5_000_000);
});

test('A chain as long as no build has is refused, not overflowed', () => {
  const steps: BuildStep[] = [MARKER];
  for (let n = 0; n < 20_000; n++)
    steps.push(exec(`x${n}`, [n === 0 ? 'm:0' : `x${n - 1}:0`], { output: 0 }));
  steps.push(result('x19999:0'));
  assert.throws(() => originsOfResult(steps), /too many ops/);
});

test.run();
