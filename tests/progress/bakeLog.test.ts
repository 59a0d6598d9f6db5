import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startBakeLog } from '../../lib/progress/bakeLog.ts';
import type { SolveStatus } from '../../lib/progress/solveStatus.ts';
import { captured, statuses } from './captured.ts';

const at = (second: number) => `2026-11-24T06:00:${String(second).padStart(2, '0')}.000000001Z`;
const NOTHING: SolveStatus = { vertexes: [], statuses: [], logs: [], warnings: [] };
const STEP = { digest: 'd', name: '[a] RUN x', started: at(0) };
const says = (text: string | Buffer, second = 1): SolveStatus => ({
  ...NOTHING,
  logs: [{ vertex: 'd', data: Buffer.from(text).toString('base64'), timestamp: at(second) }],
});
const step = (change: object = {}): SolveStatus => ({ ...NOTHING, vertexes: [{ ...STEP, ...change }] });

/** The log of these statuses. */
const logOf = (...all: SolveStatus[]): string[] => {
  const log = startBakeLog();
  return all.flatMap((status) => log.add(status));
};

test('a step that failed is quoted with the last that it printed, and its error stands before that', async () => {
  const log = startBakeLog();
  const lines = (await statuses('failed')).flatMap((status) => log.add(status));
  const error =
    "ERROR: process \"/bin/sh -c printf 'caf\\\\303\\\\251\\\\ttab\\\\033[31m'; sleep 0.1; printf ' same line\\\\nlast words\\\\n' >&2; exit 7\" did not complete successfully: exit code: 7";
  assert.equal(lines.slice(-3), [
    '#9 0.212 café\ttab\u001b[31m same line',
    '#9 0.212 last words',
    `#9 ${error}`,
  ]);
  const block = log.failures();
  assert.is(block[0], '------');
  assert.match(block[1] ?? '', /^ > \[probe-base-context-debian-bookworm 1\/2\] RUN .*exit 7:$/);
  assert.equal(block.slice(2), ['0.212 café\ttab\u001b[31m same line', '0.212 last words', '------']);
  assert.equal(log.failures(), [], 'a failure is told once');
});

test('the steps of a bake have a number each, are named once, and end once', async () => {
  const lines = logOf(...(await statuses('probes')));
  const names = lines.filter((line) => /^#\d+ \[/.test(line));
  assert.is(new Set(names.map((line) => line.split(' ')[0])).size, names.length);
  assert.is(lines.filter((line) => /^#\d+ (DONE|CACHED)/.test(line)).length, names.length);
  assert.ok(lines.some((line) => /^#\d+ exporting layers done$/.test(line)));
});

test('a line that comes in pieces is one line, and a letter in pieces is one letter', () => {
  const bytes = Buffer.from('é\n');
  const lines = logOf(step(), says('caf'), says(bytes.subarray(0, 1)), says(bytes.subarray(1)));
  assert.equal(lines, ['#1 [a] RUN x', '#1 1.000 café']);
});

test('a last line without an end is told when the step ends', () => {
  const lines = logOf(step(), says('half', 12), step({ completed: at(13) }));
  assert.equal(lines, ['#1 [a] RUN x', '#1 12.00 half', '#1 DONE 13.0s']);
});

test('what a step prints comes before its end, although one status tells of both', () => {
  const both = { ...says('x\n'), ...{ vertexes: step({ completed: at(1) }).vertexes } };
  assert.equal(logOf(both), ['#1 [a] RUN x', '#1 1.000 x', '#1 DONE 1.0s']);
});

test('a step that another one’s failure ended is no failure, and one that several targets share may end twice', () => {
  const log = startBakeLog();
  const ends = (error: string) => log.add(step({ completed: at(1), error }));
  assert.equal(ends('context canceled').at(-1), '#1 CANCELED');
  assert.equal(log.failures(), []);
  assert.equal(ends('exit code: 1'), ['#1 ERROR: exit code: 1']);
  assert.equal(ends('exit code: 1'), []);
  assert.equal(log.add(step({ completed: at(2) })), []);
  assert.is(log.failures().length, 3);
});

test('a failed step is quoted with its last ten lines', () => {
  const log = startBakeLog();
  log.add(step());
  log.add(says(Array.from({ length: 30 }, (_, line) => `${String(line)}\n`).join('')));
  log.add(step({ completed: at(2), error: 'no' }));
  assert.equal(
    log
      .failures()
      .slice(2, -1)
      .map((line) => line.split(' ')[1]),
    ['20', '21', '22', '23', '24', '25', '26', '27', '28', '29'],
  );
});

test('how far a pull is is told every five seconds, and when it is done', () => {
  const part = (current: number, second: number, completed?: string): SolveStatus => ({
    ...NOTHING,
    statuses: [
      {
        ...{ id: 'sha256:1', vertex: 'd', current, total: 20_000_000, timestamp: at(second) },
        ...(completed === undefined ? {} : { completed }),
      },
    ],
  });
  const lines = logOf(
    step(),
    part(0, 0),
    part(1e6, 1),
    part(4.5e6, 5),
    part(5e6, 6),
    part(20e6, 9, at(9)),
    part(20e6, 9, at(9)),
  );
  assert.equal(lines.slice(1), ['#1 sha256:1 4.5MB / 20.0MB', '#1 sha256:1 20.0MB / 20.0MB done']);
});

test('what a frontend warns of is told', () => {
  const warning = { vertex: 'd', short: Buffer.from('FromAsCasing: x').toString('base64') };
  assert.equal(logOf(step(), { ...NOTHING, warnings: [warning] }).at(-1), '#1 WARN: FromAsCasing: x');
});

test('logs of steps that were never named are passed over', () => {
  assert.equal(logOf(says('x\n')), []);
});

test('the log of a bake that failed ends as BuildKit’s own plain log does', async () => {
  const log = startBakeLog();
  const lines = (await captured('failed')).flatMap(({ line, status }) =>
    status === undefined ? [...log.failures(), line] : log.add(status),
  );
  const tail = lines.slice(lines.indexOf('------')).join('\n');
  assert.match(
    tail,
    /^------\n > \[.*:\n.*\n.*last words\n------\nDockerfile:2\n-{20}\n[^]*\n-{20}\nERROR: target /,
  );
});

test.run();
