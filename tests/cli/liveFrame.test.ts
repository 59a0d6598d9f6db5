import stringWidth from 'string-width';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chalk } from 'zx';
import { liveFrame } from '../../lib/cli/liveFrame.ts';
import type { DistroState } from '../../lib/progress/distroStates.ts';

chalk.level = 0;

const state = (name: string, change: Partial<DistroState> = {}): DistroState => ({
  ...{
    name,
    state: 'working',
    doing: 'building linux/arm64 RUN make install',
    built: 1,
    probes: 3,
    elapsed: 65_000,
  },
  ...change,
});
const many = (count: number, change: Partial<DistroState>) =>
  Array.from({ length: count }, (_, at) => state(`distro-${String(at)}-${change.state ?? ''}`, change));

test('a line has the name, how many probes are built, what is done and for how long', () => {
  const states = [
    state('debian-bookworm'),
    state('azlinux3', { state: 'built', doing: 'built', built: 3, elapsed: 12_900 }),
    state('noble', { state: 'waiting', doing: 'waiting', built: 0, elapsed: 0 }),
  ];
  assert.equal(
    liveFrame(states, { columns: 70, rows: 24 })
      .split('\n')
      .map((line) => line.trimEnd()),
    [
      '▸ debian-bookworm 1/3 building linux/arm64 RUN make install     1m05s',
      '✓ azlinux3        built                                           12s',
      '· noble           0/3 waiting',
    ],
  );
});

for (const columns of [200, 80, 40, 30, 20, 12, 8, 4, 3, 2])
  test(`no line is wider than a terminal of ${columns} columns`, () => {
    const names = ['debian-bookworm', 'a', 'x'.repeat(200), '発行版'];
    const states = names.map((name) => state(name, { doing: `building ${'長い'.repeat(50)}` }));
    const lines = liveFrame([...states, ...many(30, { state: 'built' })], { columns, rows: 12 }).split('\n');
    assert.is(lines.length, 10);
    for (const line of lines) assert.ok(stringWidth(line) < columns, `${String(stringWidth(line))}: ${line}`);
  });

test('where there are more than rows, those that are worked on are shown and the others counted', () => {
  const states = [
    ...many(6, { state: 'built' }),
    ...many(5, { state: 'working' }),
    ...many(3, { state: 'waiting' }),
  ];
  const lines = liveFrame(states, { columns: 80, rows: 9 }).split('\n');
  assert.is(lines.length, 7);
  assert.is(lines.filter((line) => line.startsWith('▸')).length, 5);
  assert.is(lines.filter((line) => line.startsWith('·')).length, 1);
  assert.is(lines.at(-1), '  and 8 more: 2 waiting, 6 built');
});

test('as many as there are rows for need no count', () => {
  const lines = liveFrame(many(7, { state: 'working' }), { columns: 80, rows: 9 }).split('\n');
  assert.is(lines.length, 7);
  assert.ok(lines.every((line) => line.startsWith('▸')));
});

test('what a step is called moves no cursor, makes no line, and shows no credentials', () => {
  const doing = 'RUN \u001b[2J\u001b]0;x\u0007\n\tfetch https://me:hunter2@example.test/\r\u202e';
  const frame = liveFrame([state('a', { doing })], { columns: 200, rows: 9 });
  assert.match(frame, 'RUN \\u{1b}[2J\\u{1b}]0;x\\u{7} fetch https://xxxxx@example.test/');
  assert.not.match(frame, /[\u0000-\u001f\u202e]|hunter2/); // eslint-disable-line no-control-regex
});

test('a terminal of one row shows one line', () => {
  assert.is(liveFrame(many(3, { state: 'working' }), { columns: 80, rows: 1 }).split('\n').length, 1 + 1);
});

test.run();
