import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Distro, Subject } from '../../../lib/matrix/types.ts';
import type { MadeMarker } from '../../../lib/flow/runRecord.ts';
import { planBareBake, type BareCall } from '../../../scripts/bench/bareBake.ts';
import { inTempDirectory } from '../../fixtures/layouts/inTempDirectory.ts';
import { matrixOf, matrixText } from '../../matrix/matrixText.ts';

const [first] = (await matrixOf(matrixText({ platforms: '[linux/amd64, linux/arm64]' }))).distros as [Distro];
const distros = [first, { ...first, name: 'other' }];
const subject: Subject = {
  name: 'own',
  source: { kind: 'dockerfile', dockerfile: 'Dockerfile' },
  workerContext: 'worker',
  args: {},
};
const marker = (name: string): MadeMarker => ({
  layout: `/out/${name}`,
  digest: `sha256:${name}`,
  platforms: first.platforms,
  identity: '',
});
const base = {
  kind: 'stand-in' as const,
  ref: first.baseRef,
  digest: 'sha256:b',
  context: 'oci-layout:///b',
  layout: '/b',
};
const record = {
  markers: {
    [first.name]: marker('first'),
    other: marker('other'),
    [`swapped-markers/${first.name}`]: marker('swapped'),
  },
  bases: { [first.name]: { base, ref: first.baseRef }, other: { base, ref: first.baseRef } },
};
const namesOf = ({ workers }: BareCall) => workers.map(({ name }) => name).sort();

test('a bare bake builds every cell and control, those by a policy in a call for each policy', () =>
  inTempDirectory(async (folder) => {
    const work = join(folder, 'work');
    for (const one of ['policies', 'work']) await mkdir(join(folder, one));
    for (const { name } of distros)
      await writeFile(join(folder, `policies/${name}.json`), '127.0.0.1:5480/marker');
    const calls = await planBareBake(
      { record, distros, subject, project: folder, stages: '/stages', work },
      '127.0.0.1:9',
    );
    const [contexts, ofFirst, ofSwapped, ofOther] = calls;
    assert.is(calls.length, 4);
    assert.is(contexts?.workers.length, 4 + 6);
    assert.equal(ofFirst && namesOf(ofFirst), [
      'control-marker-bypassed-source-policy',
      'control-pinned-platform-source-policy',
      `source-policy-${first.name}`,
    ]);
    assert.equal(ofSwapped && namesOf(ofSwapped), ['control-swapped-markers-source-policy']);
    assert.equal(ofOther && namesOf(ofOther), ['source-policy-other']);
    const policy = await readFile(ofSwapped?.policyFile ?? '', 'utf8');
    assert.is(policy, '127.0.0.1:9/swapped-markers/marker');
  }));

test.run();
