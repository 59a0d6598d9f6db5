import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Fault } from '../../lib/fault/fault.ts';
import { startRegistryProcess } from '../../lib/registry/registryProcess.ts';
import { blobPath, MARKER, MARKER_LAYER, withMarkerCopy } from './layouts.ts';
import { ask } from './requests.ts';

const options = { repositories: { m: MARKER }, port: 0, onProblem: () => undefined };

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await holds()) return;
    await setTimeout(10);
  }
  throw new Error('it never came to hold');
}

async function listens(address: string): Promise<boolean> {
  return ask(address, '/v2/').then(
    () => true,
    () => false,
  );
}

test('a process serves until it is closed, and a relative layout is found', async () => {
  const registry = await startRegistryProcess({
    ...options,
    repositories: { m: 'tests/fixtures/buildkit/marker' },
    wrap: ['env', 'WRAPPED=yes'],
  });
  assert.is((await ask(registry.address, '/v2/m/manifests/latest')).status, 200);
  await registry.close();
  assert.not(await listens(registry.address));
});

test('a fault of the process is the fault of the caller', async () => {
  const fault = await startRegistryProcess({ ...options, repositories: { m: '/nonexistent' } }).catch(
    (error: unknown) => error,
  );
  assert.instance(fault, Fault);
  assert.is((fault as Fault).exitStatus, 2);
  assert.match((fault as Fault).message, '/nonexistent: does not exist');
});

test('a wrapper that fails is a fault with its own words', async () => {
  const wrap = ['sh', '-c', 'echo no such namespace >&2; exit 1'];
  const fault = await startRegistryProcess({ ...options, wrap }).catch((error: unknown) => error);
  assert.instance(fault, Fault);
  assert.is((fault as Fault).exitStatus, 3);
  assert.match((fault as Fault).message, 'did not come up: no such namespace');
});

test('a wrapper that does not exist is a fault that names it', async () => {
  const fault = await startRegistryProcess({ ...options, wrap: ['no-such-command'] }).catch(
    (error: unknown) => error,
  );
  assert.instance(fault, Fault);
  assert.match((fault as Fault).message, 'no-such-command');
});

test('a process that ends by itself is gone, with a fault; one that is closed is not', async () => {
  const problems: string[] = [];
  const registry = await startRegistryProcess({
    ...options,
    onProblem: (line) => problems.push(line),
    wrap: ['sh', '-c', 'echo $$ >&2; exec "$@"', 'sh'],
  });
  process.kill(Number(problems[0]), 'SIGKILL');
  await until(() => registry.gone.aborted);
  const fault: unknown = registry.gone.reason;
  assert.instance(fault, Fault);
  assert.is((fault as Fault).exitStatus, 3);
  assert.match(
    (fault as Fault).message,
    /the marker registry ended: .*nothing that was built meanwhile can be judged/,
  );
  assert.is(problems.length, 2);
  await registry.close();

  const closed = await startRegistryProcess(options);
  await closed.close();
  assert.not(closed.gone.aborted);
});

test('what is wrong with a layout reaches the caller', async () => {
  await withMarkerCopy(async (layout) => {
    const problems: string[] = [];
    const registry = await startRegistryProcess({
      ...options,
      repositories: { m: layout },
      onProblem: (problem) => problems.push(problem),
    });
    await writeFile(blobPath(layout, MARKER_LAYER), '');
    await ask(registry.address, `/v2/m/blobs/${MARKER_LAYER}`);
    await until(() => problems.length > 0);
    assert.match(problems.join(), MARKER_LAYER.slice(7));
    await registry.close();
    assert.is(problems.length, 1);
  });
});

test('aborting the signal ends the process', async () => {
  const abort = new AbortController();
  const registry = await startRegistryProcess({ ...options, signal: abort.signal });
  abort.abort();
  await until(async () => !(await listens(registry.address)));
});

test('the process ends when the one that started it is killed', async () => {
  const script = `
    const { startRegistryProcess } = await import(${JSON.stringify(new URL('../../lib/registry/registryProcess.ts', import.meta.url).href)});
    const registry = await startRegistryProcess({ repositories: { m: ${JSON.stringify(MARKER)} }, port: 0, onProblem: () => {} });
    console.log(registry.address);`;
  const parent = execa('node', ['--import', 'tsx', '--input-type=module', '--eval', script], {
    reject: false,
  });
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  const address = line.trim();
  assert.ok(await listens(address));
  parent.kill('SIGKILL');
  await until(async () => !(await listens(address)));
});

test.run();
