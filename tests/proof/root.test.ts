import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parsePolicy } from '../../lib/policy/parsePolicy.ts';
import type { Policy } from '../../lib/policy/types.ts';
import type { BuildStep } from '../../lib/proof/llb.ts';
import { materialsOf } from '../../lib/proof/materials.ts';
import { rootOf, type RootPart } from '../../lib/proof/root.ts';
import { image, result, step } from './steps.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const FETCHED = 'pkg:docker/127.0.0.1:5480/marker/debian@latest?platform=linux%2Farm64';
const POLICY = {
  rules: [
    {
      action: 'CONVERT',
      selector: { identifier: 'docker-image://docker.io/library/debian:bookworm' },
      updates: { identifier: 'docker-image://127.0.0.1:5480/marker/debian:latest' },
    },
  ],
};

function policies(): Policy[] {
  const { policy } = parsePolicy('p.json', Buffer.from(JSON.stringify(POLICY)));
  assert.ok(policy);
  return [policy];
}

function only(source: BuildStep, under: readonly Policy[] = [], uri = FETCHED): RootPart | undefined {
  const materials = [{ uri, digest: { sha256: 'a'.repeat(64) } }];
  const builderPlatform = { os: 'linux', architecture: 'amd64' };
  const provenance = { materials, steps: [source, result(`${source.id}:0`)], builderPlatform };
  const root = rootOf(provenance, materialsOf(provenance), under);
  assert.ok('parts' in root);
  return root.parts[0];
}

test('An image that the frontend resolved has its digest in the op', () => {
  const found = only(image('m', `docker.io/library/debian:bookworm@${DIGEST}`, 'arm64'));
  assert.is(found?.digest, DIGEST);
  assert.is(found?.name, 'debian:bookworm');
  assert.is(found?.platform, 'linux/arm64');
  assert.is(found?.whole, true);
});

test('An image of a layout has its digest in the op', () => {
  const op = {
    kind: 'source',
    identifier: `oci-layout://docker.io/library/worker@${DIGEST}`,
    attrs: {},
  } as const;
  assert.is(only(step('m', op, [], 'arm64'))?.digest, DIGEST);
});

test('An image that the frontend left to BuildKit is what the policy makes of it, and its digest is among the materials', () => {
  const found = only(image('m', 'docker.io/library/debian:bookworm', 'arm64'), policies());
  assert.is(found?.digest, DIGEST);
  assert.is(found?.name, '127.0.0.1:5480/marker/debian');
});

test('Without the policy the same image is another one', () => {
  assert.is(only(image('m', 'docker.io/library/debian:bookworm', 'arm64'))?.digest, undefined);
});

test('A material of another platform is not the one that was fetched', () => {
  assert.is(only(image('m', 'docker.io/library/debian:bookworm', 'amd64'), policies())?.digest, undefined);
});

test('An op without a platform is the builder’s', () => {
  const op = { kind: 'source', identifier: `docker-image://debian@${DIGEST}`, attrs: {} } as const;
  assert.is(only(step('m', op))?.platform, 'linux/amd64');
});

test('What is no image has no digest', () => {
  const op = { kind: 'source', identifier: 'local://context', attrs: {} } as const;
  const found = only(step('m', op));
  assert.is(found?.name, 'local://context');
  assert.is(found?.digest, undefined);
});

test('A reference that is none is shown as it is', () => {
  assert.is(only(image('m', 'NOT A REF', 'arm64'))?.name, 'NOT A REF');
});

test.run();
