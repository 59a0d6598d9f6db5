import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatComplaint } from '../../lib/fault/fault.ts';
import { readMetadata } from '../../lib/proof/provenance.ts';
import type { Metadata } from '../../lib/proof/provenance.ts';

const BOTH = ['linux/amd64', 'linux/arm64'];
const FIXTURES = fileURLToPath(new URL('../fixtures/buildkit', import.meta.url));
const WRITTEN = readFileSync(`${FIXTURES}/metadata-apt.json`, 'utf8');

type Json = Record<string, unknown>;

function read(value: unknown, askedFor: readonly string[] = BOTH): Metadata {
  return readMetadata(JSON.stringify(value), 'metadata.json', () => askedFor);
}

interface Predicate {
  materials?: Json[];
  invocation: { environment: { platform: string } };
  buildConfig?: { llbDefinition: { op: { Op: Json } }[] };
}

/** The predicate that buildx wrote for arm64, to be changed. */
function predicate(): Predicate {
  const written = JSON.parse(WRITTEN) as { w: Record<string, Predicate> };
  const found = written.w['buildx.build.provenance/linux/arm64'];
  assert.ok(found);
  return found;
}

/** The same as SLSA v1, as BuildKit's ConvertToSLSA1 has it. */
function predicateV1(): Json {
  const { materials, invocation, buildConfig } = predicate();
  return {
    buildDefinition: {
      buildType: 'https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md',
      externalParameters: {},
      internalParameters: { buildConfig, builderPlatform: invocation.environment.platform },
      resolvedDependencies: materials,
    },
    runDetails: {},
  };
}

/** The predicate with another op in its first step. */
function withFirstOp(op: Json): Predicate {
  const changed = predicate();
  const [step] = changed.buildConfig?.llbDefinition ?? [];
  assert.ok(step);
  step.op.Op = op;
  return changed;
}

test('what buildx wrote is read by target and platform', () => {
  const { targets } = readMetadata(WRITTEN, 'metadata.json', () => BOTH);
  const worker = targets.get('w');
  assert.equal([...(worker?.keys() ?? [])].sort(), BOTH);
  const arm64 = worker?.get('linux/arm64');
  assert.equal(arm64?.builderPlatform, { os: 'linux', architecture: 'amd64' });
  assert.is(arm64?.materials.length, 1);
  assert.match(arm64?.materials[0]?.uri ?? '', 'platform=linux%2Farm64');
  assert.is(arm64?.steps.filter(({ op }) => op.kind === 'exec').length, 1);
  assert.is(arm64?.steps.length, 6);
});

test('a target without provenance is a problem that says which buildx writes it', () => {
  const { targets, problems } = readMetadata(WRITTEN, 'metadata.json', () => BOTH);
  assert.is(targets.get('p')?.size, 0);
  assert.is(problems.length, 1);
  assert.is(problems[0]?.kind, 'no-provenance');
  assert.is(problems[0]?.target, 'p');
  assert.match(
    formatComplaint(problems[0]?.complaint ?? { message: '' }),
    /metadata\.json: target "p".*\n.*0\.17/,
  );
});

test('a build of one platform has that platform, not the builder’s', () => {
  const { targets, problems } = read({ w: { 'buildx.build.provenance': predicate() } }, ['linux/arm64/v8']);
  assert.equal([...(targets.get('w')?.keys() ?? [])], ['linux/arm64']);
  assert.equal(problems, []);
});

test('a key without a platform is a problem where several were asked for', () => {
  const { targets, problems } = read({ w: { 'buildx.build.provenance': predicate() } });
  assert.is(targets.get('w')?.size, 0);
  assert.is(problems[0]?.kind, 'unknown-platform');
});

test('a platform is read in any form', () => {
  const { targets } = read({ w: { 'buildx.build.provenance/linux/arm': predicate() } });
  assert.equal([...(targets.get('w')?.keys() ?? [])], ['linux/arm/v7']);
});

test('SLSA v1 says the same as v0.2', () => {
  const { targets, problems } = read({
    old: { 'buildx.build.provenance/linux/arm64': predicate() },
    new: { 'buildx.build.provenance/linux/arm64': predicateV1() },
  });
  assert.equal(problems, []);
  assert.equal(targets.get('new')?.get('linux/arm64'), targets.get('old')?.get('linux/arm64'));
});

test('provenance of mode min is a problem that says how to get max', () => {
  const min = predicate();
  delete min.buildConfig;
  const { problems, targets } = read({ w: { 'buildx.build.provenance/linux/arm64': min } });
  assert.is(problems[0]?.kind, 'no-steps');
  assert.match(problems[0]?.complaint.next ?? '', 'BUILDX_METADATA_PROVENANCE=max');
  assert.is(targets.get('w')?.size, 0);
});

test('no materials are no problem', () => {
  const without = predicate();
  delete without.materials;
  const { targets, problems } = read({ w: { 'buildx.build.provenance/linux/arm64': without } });
  assert.equal(problems, []);
  assert.equal(targets.get('w')?.get('linux/arm64')?.materials, []);
});

test('an exec op without arguments is still an exec op', () => {
  const changed = withFirstOp({ exec: {} });
  const { targets } = read({ w: { 'buildx.build.provenance/linux/arm64': changed } });
  assert.equal(targets.get('w')?.get('linux/arm64')?.steps[0]?.op, { kind: 'exec', args: [], mounts: [] });
});

const opaque: [title: string, op: Json, message: string][] = [
  ['a nested build', { build: { def: {} } }, '"build"'],
  ['an op in the spelling of older buildx', { Exec: { meta: { args: ['true'] } } }, '"Exec"'],
  ['an op that this buildx did not know', {}, 'step0 does not say what it does'],
  ['two ops in one', { source: {}, exec: {} }, 'several ops at once'],
  ['an exec op of another shape', { exec: { meta: { args: 'true' } } }, 'meta.args'],
];
for (const [title, op, message] of opaque) {
  test(`${title} makes the whole provenance a problem, because it could hide an exec op`, () => {
    const changed = withFirstOp(op);
    const { targets, problems } = read({ w: { 'buildx.build.provenance/linux/arm64': changed } });
    assert.is(targets.get('w')?.size, 0);
    assert.is(problems[0]?.kind, 'wrong-shape');
    assert.match(problems[0]?.complaint.message ?? '', message);
  });
}

for (const [title, value] of [
  ['null', null],
  ['a text', 'x'],
  ['an empty object', {}],
  ['materials that are no list', { ...predicate(), materials: {} }],
  ['steps that are no list', { ...predicate(), buildConfig: { llbDefinition: 1 } }],
] as const) {
  test(`a predicate that is ${title} is a problem, not a crash`, () => {
    const { problems } = read({ w: { 'buildx.build.provenance/linux/arm64': value } });
    assert.is(problems.length, 1);
    assert.is(problems[0]?.kind, 'wrong-shape');
  });
}

test('text that is not JSON is a problem with the file name', () => {
  const { problems } = readMetadata('', 'out/metadata.json', () => BOTH);
  assert.is(problems[0]?.kind, 'not-json');
  assert.is(problems[0]?.complaint.place?.file, 'out/metadata.json');
});

for (const text of ['[]', 'null', '1']) {
  test(`${text} is a problem`, () => {
    assert.is(readMetadata(text, 'f', () => BOTH).problems[0]?.kind, 'wrong-shape');
  });
}

test('what bake writes beside the targets is passed over', () => {
  const { targets, problems } = read({ 'buildx.build.warnings': [{}], 'buildx.build.ref': { x: 1 } });
  assert.is(targets.size, 0);
  assert.equal(problems, []);
});

test('a target may be called __proto__', () => {
  const text = `{"__proto__": {"buildx.build.provenance": ${JSON.stringify(predicate())}}}`;
  const { targets } = readMetadata(text, 'f', () => ['linux/arm64']);
  assert.ok(targets.get('__proto__')?.has('linux/arm64'));
});

test.run();
