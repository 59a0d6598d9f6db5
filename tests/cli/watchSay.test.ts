import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { holdBack } from '../../lib/cli/watchSay.ts';

test('what takes a while is told by the last line so far, and then by each one', async () => {
  const said: string[] = [];
  const held = holdBack((line) => said.push(line), 20);
  held.say('one');
  held.say('two');
  assert.equal(said, []);
  await sleep(60);
  assert.equal(said, ['two']);
  held.say('three');
  assert.equal(said, ['two', 'three']);
  held.end();
});

test('what has ended before is not told', async () => {
  const said: string[] = [];
  const held = holdBack((line) => said.push(line), 20);
  held.say('one');
  held.end();
  await sleep(60);
  assert.equal(said, []);
});

test.run();
