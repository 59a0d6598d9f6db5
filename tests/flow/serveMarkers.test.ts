import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Builder } from '../../lib/engine/builder.ts';
import { serveMarkers } from '../../lib/flow/serveMarkers.ts';
import { MARKER_REGISTRY } from '../../lib/policy/generatePolicy.ts';
import { faultOf } from '../base/distro.ts';

const MARKER = fileURLToPath(new URL('../fixtures/buildkit/marker', import.meta.url));
const builder = { enter: [] as string[] } as unknown as Builder;

test('where the port of the policies is taken, the markers are served at another, with a word about it', async () => {
  const [host, port] = MARKER_REGISTRY.split(':');
  const squatter = createServer();
  const isOurs = await new Promise<boolean>((resolve) => {
    // Where something else has it already, that is as good.
    squatter.once('error', () => {
      resolve(false);
    });
    squatter.listen(Number(port), host, () => {
      resolve(true);
    });
  });
  const said: string[] = [];
  try {
    const served = await serveMarkers({ 'marker/d': MARKER }, builder, (line) => said.push(line));
    try {
      assert.is.not(served.address, MARKER_REGISTRY);
      const response = await fetch(`http://${served.address}/v2/marker/d/manifests/latest`);
      assert.is(response.status, 200);
      assert.equal(said, [
        `port 5480 is in use: the markers are served at ${served.address}, and policies are copied with that address`,
      ]);
    } finally {
      await served.close();
    }
    assert.is(await fetch(`http://${served.address}/v2/`).catch(() => 'gone'), 'gone');
  } finally {
    if (isOurs) squatter.close();
  }
});

test('a layout that cannot be served is a fault, and no other port is tried', async () => {
  const said: string[] = [];
  const fault = await faultOf(serveMarkers({ d: '/nonexistent' }, builder, (line) => said.push(line)));
  assert.match(fault.message, '/nonexistent: does not exist');
  assert.equal(said, []);
});

test.run();
