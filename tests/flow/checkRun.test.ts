import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkRun } from '../../lib/flow/checkRun.ts';
import { builtCell, runRecord } from './record.ts';

const KEY = Buffer.alloc(32, 7);
const check = async (...args: Parameters<typeof runRecord>) => (await checkRun(runRecord(...args), KEY))[0];

test('A probe that BuildKit wrote is read with its marker, its materials and its ops', async () => {
  const checked = await check([builtCell('linux/arm64')]);
  assert.is(checked?.marker, 'linux/arm64');
  assert.is(checked?.materials[0]?.platform, 'linux/arm64');
  assert.equal(checked?.execOps, []);
});

test('A marker without this clone’s seal is not used, whatever it says', async () => {
  const checked = await check([builtCell('linux/arm64')]);
  assert.is(checked?.verdict, 'marker-not-used');
  assert.match(checked?.detail ?? '', /no seal/);
});

test('A probe with other platforms than asked for is not sound', async () => {
  const checked = await check([builtCell('linux/arm64', { platforms: ['linux/arm64'] })]);
  assert.is(checked?.verdict, 'build-failed');
  assert.match(checked?.detail ?? '', /holds linux\/amd64, linux\/arm64, asked for linux\/arm64/);
});

test('A layout that is not there is not sound, and no crash', async () => {
  const checked = await check([builtCell('linux/arm64', { layout: '/nowhere/at/all' })]);
  assert.is(checked?.verdict, 'build-failed');
  assert.match(checked?.detail ?? '', /nowhere/);
});

test('A cell whose build failed is judged by its log, which comes out without credentials', async () => {
  const log = 'fetching https://me:secret@example.test/x\nERROR: no\n';
  const checked = await check([builtCell('linux/arm64', { outcome: { ok: false, log, timedOut: false } })]);
  assert.is(checked?.verdict, 'build-failed');
  assert.not(checked?.log?.includes('secret'));
});

test('Metadata that is not there leaves a cell without provenance', async () => {
  const checked = await check([builtCell('linux/arm64', { metadata: '/nowhere.json' })]);
  assert.equal(checked?.materials, []);
  assert.is.not(checked?.verdict, 'pass');
});

test.run();
