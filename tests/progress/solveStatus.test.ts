import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSolveStatus } from '../../lib/progress/solveStatus.ts';
import { captured } from './captured.ts';

test('of a bake that failed every line is an event but what buildx says at its end', async () => {
  const lines = await captured('failed');
  const texts = lines.filter(({ status }) => status === undefined).map(({ line }) => line);
  assert.is(texts[0], 'Dockerfile:2');
  assert.match(
    texts.at(-1) ?? '',
    /^ERROR: target probe-base-context-debian-bookworm: failed to solve: process /,
  );
  assert.is(texts.length, 7);
});

test('of a bake that went well every line is an event', async () => {
  for (const name of ['probes', 'marker'] as const)
    assert.ok((await captured(name)).every(({ status }) => status !== undefined));
});

test('a status of which nothing is new is empty, and is no text', () => {
  assert.equal(readSolveStatus('{}'), { vertexes: [], statuses: [], logs: [], warnings: [] });
});

for (const line of ['', 'ERROR: no', '{', '{"level":"warning","msg":"x"}', '[]', '"vertexes"', 'null'])
  test(`${line === '' ? 'an empty line' : line} is text`, () => {
    assert.is(readSolveStatus(line), undefined);
  });

test('entries that cannot be told apart are left out', () => {
  const status = readSolveStatus(
    '{"vertexes":[{"name":"x"},null,{"digest":"d"}],"logs":[{"vertex":"d"}],"statuses":3}',
  );
  assert.equal(status?.vertexes, [{ digest: 'd' }]);
  assert.equal([status?.logs, status?.statuses], [[], []]);
});

test.run();
