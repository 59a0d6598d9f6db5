import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { policyForRun } from '../../lib/flow/policyForRun.ts';
import { requirePolicies } from '../../lib/flow/requirePolicies.ts';
import { generatePolicy, MARKER_REGISTRY } from '../../lib/policy/generatePolicy.ts';
import { distrosOf, faultOf } from '../base/distro.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';

const distros = await distrosOf(`
  - name: debian
    base: debian:bookworm
    manager: apt
  - name: alma
    base: almalinux:9
    manager: dnf
`);
const [debian] = distros;

test('at the address that policies name, the person’s own file is the policy', () =>
  inTempDirectory(async (dir) => {
    const file = join(dir, 'debian.json');
    const copies = join(dir, 'copies');
    assert.is(await policyForRun({ file, address: MARKER_REGISTRY, copies, name: 'debian' }), file);
  }));

for (const address of ['127.0.0.1:41000', `${MARKER_REGISTRY}/swapped-markers`]) {
  test(`at ${address} a copy is, in which nothing but the address is another`, () =>
    inTempDirectory(async (dir) => {
      assert.ok(debian);
      const file = join(dir, 'debian.json');
      await writeFile(file, generatePolicy(debian).replace('{', '{ "unknown": "kept",'));
      const copies = join(dir, 'copies');
      const copy = await policyForRun({ file, address, copies, name: 'debian' });
      const expected = generatePolicy(debian, address).replace('{', '{ "unknown": "kept",');
      assert.is(await readFile(copy, 'utf8'), expected);
      assert.is(await readFile(file, 'utf8'), generatePolicy(debian).replace('{', '{ "unknown": "kept",'));
    }));
}

test('policies that BuildKit reads are let through', () =>
  inTempDirectory(async (dir) => {
    for (const distro of distros) await writeFile(join(dir, `${distro.name}.json`), generatePolicy(distro));
    await requirePolicies(distros, dir);
  }));

test('every policy that is missing or no JSON is named before anything is built, with line and column', () =>
  inTempDirectory(async (dir) => {
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'debian.json'), '{\n  "rules": [\n');
    const { message, exitStatus, complaints } = await faultOf(requirePolicies(distros, dir));
    assert.is(exitStatus, 2);
    assert.match(message, new RegExp(`^${dir}/debian\\.json:\\d+:\\d+: `));
    assert.match(message, `there is no policy at ${dir}/alma.json\n  run \`make generate\` to write it`);
    assert.ok(complaints.length >= 2);
  }));

test.run();
