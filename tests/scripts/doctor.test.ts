import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnosis } from '../../lib/doctor/examine.ts';
import type { Finding } from '../../lib/doctor/finding.ts';
import { runVerb, withFolder } from '../e2e/verbs.ts';
import { writeMatrix } from './project.ts';

/** Scripts for sh, each a stand-in for a program of that name on PATH. None of them does what that program does. */
type StandIns = Readonly<Record<string, string>>;

/** Not a Debian machine with an apt source, as far as apt says, so that there is no engine of the project's own either. */
const NO_APT: StandIns = { 'apt-get': 'exit 100' };
const NO_BUILDX = `echo "docker: 'buildx' is not a docker command." >&2; exit 1`;
const OLD_BUILDX = `case "$*" in
  'buildx version') echo 'github.com/docker/buildx v0.16.2 abc' ;;
  info*) echo 'overlay2 [["Backing Filesystem","extfs"]]' ;;
esac`;
const NO_ENGINE = `case "$*" in
  'buildx version') echo 'github.com/docker/buildx v0.29.1 abc' ;;
  *) echo 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?' >&2; exit 1 ;;
esac`;

interface Answer {
  status: number | null;
  diagnosis: Diagnosis;
  of: (topic: string) => Finding | undefined;
}

/** Asks the doctor on a machine with these stand-ins, with a cache that is not there and a project of two registries. */
async function ask(
  standIns: StandIns,
  use: (answer: Answer) => void,
  more: Record<string, string> = {},
): Promise<void> {
  await withFolder(async (folder) => {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    for (const [name, script] of Object.entries(standIns)) {
      await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
      await chmod(join(bin, name), 0o755);
    }
    await writeMatrix(folder, { one: 'a.invalid/one:1', two: 'b.invalid/two:1' });
    const before = (await readdir(folder)).sort();
    const env = {
      ...{
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
        PLATFORM_MARKER_CACHE: join(folder, 'cache'),
        JSON: '1',
      },
      ...more,
    };
    const { status, stdout, stderr } = await runVerb('doctor', env, folder);
    assert.match(stderr, /^(· trying [^\n]*\n)*$/);
    assert.equal((await readdir(folder)).sort(), before, 'nothing is left behind');
    const diagnosis = JSON.parse(stdout) as Diagnosis;
    use({ status, diagnosis, of: (topic) => diagnosis.findings.find((finding) => finding.topic === topic) });
  });
}

for (const [title, docker, text, fix] of [
  ['no buildx', NO_BUILDX, /^docker has no buildx plugin/, /docker-buildx/],
  [
    'a buildx that is too old',
    OLD_BUILDX,
    /^buildx 0\.16\.2 is older than 0\.17\.0 \(its engine has the classic store \(overlay2\)\)$/,
    /update buildx/,
  ],
  ['no engine that answers', NO_ENGINE, /^no Docker engine answers/, /systemctl start docker/],
] as const)
  test(`A machine with a docker that has ${title} is told so, with a fix, and cannot verify where there is no own engine`, () =>
    ask({ ...NO_APT, docker }, ({ status, diagnosis, of }) => {
      assert.is(status, 3);
      assert.not(diagnosis.canVerify);
      assert.is(of('builder')?.standing, 'limited');
      assert.match(of('builder')?.text ?? '', text);
      assert.match(of('builder')?.fix ?? '', fix);
      assert.is(of('own engine')?.standing, 'missing');
      assert.ok((of('own engine')?.fix ?? '') !== '');
    }));

test('What a person asks for is looked at alone', () =>
  ask(
    { ...NO_APT, docker: NO_BUILDX },
    ({ status, of }) => {
      assert.is(status, 3);
      assert.is(of('builder'), undefined);
      assert.is(of('own engine')?.standing, 'missing');
    },
    { BUILDER: 'sealed' },
  ));

test('Outputs that cannot be written, and a distros.yaml that is not there or wrong, are named', () =>
  withFolder(async (folder) => {
    const doctor = (more: Record<string, string>) =>
      runVerb(
        'doctor',
        { PLATFORM_MARKER_CACHE: join(folder, 'cache'), BUILDER: 'own', NO_COLOR: '1', ...more },
        folder,
      );
    await writeFile(join(folder, 'file'), '');
    const none = await doctor({ OUT: 'file/out' });
    assert.is(none.status, 3);
    assert.match(none.stdout, /^! distros\.yaml: .* is not there$/m);
    assert.match(
      none.stdout,
      /^✗ out: .*\/file is not a folder\n {4}name another folder with OUT=<folder>$/m,
    );
    assert.match(none.stdout, /\nthis machine cannot verify: [^\n]*out\n$/);
    await writeFile(join(folder, 'distros.yaml'), 'distros: 3\n');
    const wrong = await doctor({});
    assert.is(wrong.status, 3);
    assert.match(wrong.stdout, /^✗ distros\.yaml: .*\n(?:.*\n)*? {4}.*distros\.yaml:1:10: /m);
  }));

test('A builder that there is not to choose is wrong input', async () => {
  const { status, stderr } = await runVerb('doctor', { BUILDER: 'docker' });
  assert.is(status, 2);
  assert.match(stderr, 'Allowed choices are auto, own, sealed');
});

test.run();
