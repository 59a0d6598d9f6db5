import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OciPlatform } from '../../lib/oci/types.ts';
import { execOpsOf } from '../../lib/proof/execOps.ts';
import type { ExecOp } from '../../lib/proof/execOps.ts';
import type { BuildStep } from '../../lib/proof/llb.ts';
import { readMetadata } from '../../lib/proof/provenance.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/buildkit/metadata-apt.json', import.meta.url));

function readOne(args: string[], platform?: OciPlatform): ExecOp {
  const step: BuildStep = {
    id: 'step0',
    op: { kind: 'exec', args, mounts: [] },
    inputs: [],
    ...(platform === undefined ? {} : { platform }),
  };
  const [op] = execOpsOf({ materials: [], steps: [step], builderPlatform: undefined }, 'linux/amd64');
  assert.ok(op);
  return op;
}

test('a native install for a foreign platform is one exec op of the build platform', () => {
  const { targets } = readMetadata(readFileSync(FIXTURE, 'utf8'), FIXTURE, () => []);
  const provenance = targets.get('w')?.get('linux/arm64');
  assert.ok(provenance);
  const [op, ...more] = execOpsOf(provenance, 'linux/amd64');
  assert.equal(more, []);
  assert.ok(op);
  assert.is(op.platform, 'linux/amd64');
  assert.is(op.foreign, false);
  assert.is(op.command, 'sh /install.sh /rootfs /delta "${TARGETARCH}${TARGETVARIANT}" "${PACKAGE}"');
});

test('the same ops are foreign to a builder of the other platform', () => {
  const { targets } = readMetadata(readFileSync(FIXTURE, 'utf8'), FIXTURE, () => []);
  const provenance = targets.get('w')?.get('linux/arm64');
  assert.ok(provenance);
  assert.is(execOpsOf(provenance, 'linux/arm64')[0]?.foreign, true);
});

test('an op of another platform is foreign', () => {
  const op = readOne(['true'], { os: 'linux', architecture: 'arm64', variant: 'v8' });
  assert.is(op.platform, 'linux/arm64');
  assert.is(op.foreign, true);
});

test('an op without a platform is the builder’s own', () => {
  const op = readOne(['true']);
  assert.is(op.platform, 'linux/amd64');
  assert.is(op.foreign, false);
});

test('an op with an empty platform is foreign rather than trusted', () => {
  assert.is(readOne(['true'], { os: '', architecture: '' }).foreign, true);
});

const commands: [args: string[], command: string][] = [
  [['/bin/sh', '-c', 'apt-get update && true'], 'apt-get update && true'],
  [['/bin/bash', '-o', 'pipefail', '-euxc', 'a | b'], 'a | b'],
  [['sh', 'script.sh', '-c'], 'sh script.sh -c'],
  [['/canary'], '/canary'],
  [['printf', 'a b', '"'], 'printf "a b" "\\""'],
  [['/push', '-c', 'x'], '/push -c x'],
  [[], ''],
];
for (const [args, command] of commands) {
  test(`${JSON.stringify(args)} is shown as ${JSON.stringify(command)}`, () => {
    assert.is(readOne(args).command, command);
  });
}

test.run();
