import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Builder } from '../../lib/engine/builder.ts';
import { keepServed } from '../../lib/flow/keepServed.ts';

/** A registry in name only, which tells what becomes of it; `problem` is what it reports while it is up. */
function keeping() {
  const events: string[] = [];
  let report: (line: string) => void = () => undefined;
  let count = 0;
  const kept = keepServed(undefined, (repositories, _, note) => {
    count += 1;
    const name = `${count} with ${Object.keys(repositories).join()}`;
    events.push(`up ${name}`);
    note('another port');
    report = note;
    const close = () => Promise.resolve(void events.push(`down ${name}`));
    return Promise.resolve({ address: `127.0.0.1:${count}`, close });
  });
  const run = async (repositories: Record<string, string>, problem?: string) => {
    const notes: string[] = [];
    const served = await kept.serveMarkers(repositories, {} as Builder, (line) => notes.push(line));
    if (problem !== undefined) report(problem);
    await served.close();
    return { address: served.address, notes };
  };
  return { events, run, close: kept.close };
}

test('the same layouts are served by one registry, and what was noted when it came up is noted each time', async () => {
  const { events, run, close } = keeping();
  const first = await run({ a: 'layout', b: 'layout' });
  assert.equal(await run({ b: 'layout', a: 'layout' }), first);
  assert.equal(first, { address: '127.0.0.1:1', notes: ['another port'] });
  assert.equal(events, ['up 1 with a,b']);
  await close();
  await close();
  assert.equal(events, ['up 1 with a,b', 'down 1 with a,b']);
});

test('for other layouts it makes room for another', async () => {
  const { events, run } = keeping();
  await run({ a: 'layout' });
  await run({ a: 'elsewhere' });
  assert.equal(events, ['up 1 with a', 'down 1 with a', 'up 2 with a']);
});

test('one that has reported a problem is not used by the next run, which the problem is no note of', async () => {
  const { events, run } = keeping();
  assert.equal((await run({ a: 'layout' }, 'it ended')).notes, ['another port', 'it ended']);
  assert.equal((await run({ a: 'layout' })).notes, ['another port']);
  await run({ a: 'layout' });
  assert.equal(events, ['up 1 with a', 'down 1 with a', 'up 2 with a']);
});

test('one that could not come up is tried again', async () => {
  let tries = 0;
  const { serveMarkers } = keepServed(undefined, () => {
    tries += 1;
    return Promise.reject(new Error('no'));
  });
  for (const time of [1, 2]) {
    await serveMarkers({}, {} as Builder, () => undefined).then(
      () => {
        assert.unreachable();
      },
      () => undefined,
    );
    assert.is(tries, time);
  }
});

test.run();
