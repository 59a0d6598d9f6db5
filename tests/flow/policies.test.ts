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
    assert.is(
      await policyForRun({ file, served: { address: MARKER_REGISTRY }, copies, name: 'debian' }),
      file,
    );
  }));

const elsewhere = [
  { address: '127.0.0.1:41000', served: { address: '127.0.0.1:41000' } },
  {
    address: `${MARKER_REGISTRY}/swapped-markers`,
    served: { address: MARKER_REGISTRY },
    prefix: 'swapped-markers',
  },
];
for (const { address, ...where } of elsewhere) {
  test(`at ${address} a copy is, in which nothing but the address is another`, () =>
    inTempDirectory(async (dir) => {
      assert.ok(debian);
      const file = join(dir, 'debian.json');
      await writeFile(file, generatePolicy(debian).replace('{', '{ "unknown": "kept",'));
      const copies = join(dir, 'copies');
      const copy = await policyForRun({ file, ...where, copies, name: 'debian' });
      const expected = generatePolicy(debian, address).replace('{', '{ "unknown": "kept",');
      assert.is(await readFile(copy, 'utf8'), expected);
      assert.is(await readFile(file, 'utf8'), generatePolicy(debian).replace('{', '{ "unknown": "kept",'));
    }));
}

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const pushed = {
  address: 'registry.example:5000/team/markers',
  digests: { 'marker/debian': digest('a'), 'swapped-markers/marker/debian': digest('b') },
};

for (const [prefix, expected] of [
  [undefined, 'a'],
  ['swapped-markers', 'b'],
] as const) {
  test(`where markers are pushed, each reference is by digest${prefix === undefined ? '' : `, with ${prefix} its own`}`, () =>
    inTempDirectory(async (dir) => {
      assert.ok(debian);
      const file = join(dir, 'debian.json');
      const text = generatePolicy(debian).replace('{', '{ "unknown": "kept",');
      await writeFile(file, text);
      const where = { served: pushed, ...(prefix === undefined ? {} : { prefix }) };
      const copy = await policyForRun({ file, ...where, copies: join(dir, 'copies'), name: 'debian' });
      const ref = `registry.example:5000/team/markers@${digest(expected)}`;
      assert.is(
        await readFile(copy, 'utf8'),
        text.replaceAll(`${MARKER_REGISTRY}/marker/debian:latest`, ref),
      );
    }));
}

test('a digest that a person wrote stays, in the repository that all is pushed to', () =>
  inTempDirectory(async (dir) => {
    const file = join(dir, 'debian.json');
    await writeFile(file, `"docker-image://${MARKER_REGISTRY}/marker/other@${digest('c')}"`);
    const copy = await policyForRun({ file, served: pushed, copies: join(dir, 'copies'), name: 'debian' });
    assert.is(
      await readFile(copy, 'utf8'),
      `"docker-image://registry.example:5000/team/markers@${digest('c')}"`,
    );
  }));

for (const named of ['marker/alma:latest', 'marker/${1}:latest', 'marker/debian:other']) {
  test(`a policy that names ${named}, which is not pushed, is a fault with its place`, () =>
    inTempDirectory(async (dir) => {
      const file = join(dir, 'debian.json');
      await writeFile(file, `{\n  "updates": "docker-image://${MARKER_REGISTRY}/${named}"\n}`);
      const fault = await faultOf(
        policyForRun({ file, served: pushed, copies: join(dir, 'copies'), name: 'debian' }),
      );
      assert.is(fault.exitStatus, 2);
      assert.is(
        fault.message,
        `${file}:2:30: ${MARKER_REGISTRY}/${named} is none of the images that were pushed to ${pushed.address}\n` +
          `  with --marker-registry write each marker out, as ${MARKER_REGISTRY}/marker/<distro>:latest`,
      );
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
    assert.match(
      message,
      `there is no policy at ${dir}/alma.json\n  run \`npx platform-marker generate\` to write it`,
    );
    assert.ok(complaints.length >= 2);
  }));

test.run();
