import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EXIT, Fault } from '../../lib/fault/fault.ts';
import { readMatrix } from '../../lib/matrix/readMatrix.ts';
import { complaintsAbout, matrixOf, matrixText } from './matrixText.ts';

test('The committed file has the 14 distros, with their bases, managers and dalec keys', async () => {
  const { distros } = await readMatrix('distros.yaml');
  assert.equal(
    distros.map(({ name, baseRef, manager, key }) => [name, baseRef, manager, key].join(' ')),
    [
      'debian-bullseye docker.io/library/debian:bullseye apt bullseye',
      'debian-bookworm docker.io/library/debian:bookworm apt bookworm',
      'debian-trixie docker.io/library/debian:trixie apt trixie',
      'ubuntu-bionic docker.io/library/ubuntu:bionic apt bionic',
      'ubuntu-focal docker.io/library/ubuntu:focal apt focal',
      'ubuntu-jammy docker.io/library/ubuntu:jammy apt jammy',
      'ubuntu-noble docker.io/library/ubuntu:noble apt noble',
      'ubuntu-resolute docker.io/library/ubuntu:resolute apt resolute',
      'almalinux8 docker.io/library/almalinux:8 dnf almalinux8',
      'almalinux9 docker.io/library/almalinux:9 dnf almalinux9',
      'rockylinux8 docker.io/library/rockylinux:8 dnf rockylinux8',
      'rockylinux9 docker.io/library/rockylinux:9 dnf rockylinux9',
      'azlinux3 mcr.microsoft.com/azurelinux/base/core:3.0 tdnf azlinux3',
      'azlinux4 mcr.microsoft.com/azurelinux-beta/base/core:4.0 dnf azlinux4',
    ],
  );
});

test('In the committed file every distro is verified on both platforms', async () => {
  for (const { name, platforms } of (await readMatrix('distros.yaml')).distros)
    assert.equal(platforms, ['linux/amd64', 'linux/arm64'], name);
});

test('In the committed file Debian alone can be bootstrapped, and every RPM distro has a release', async () => {
  for (const { name, bootstrap, manager, release, key } of (await readMatrix('distros.yaml')).distros) {
    assert.is(bootstrap?.suite, name.startsWith('debian-') ? key : undefined);
    assert.is(release !== undefined, manager !== 'apt');
  }
});

test('A row of three lines is a whole distro', async () => {
  const { distros } = await matrixOf(matrixText());
  assert.equal(distros[0], {
    name: 'debian',
    ref: { domain: 'docker.io', path: 'library/debian', tag: 'bookworm' },
    baseRef: 'docker.io/library/debian:bookworm',
    manager: 'apt',
    key: 'debian',
    platforms: ['linux/amd64'],
    package: 'hello',
    program: '/usr/bin/hello',
    osRelease: { ID: 'debian', VERSION_ID: 'bookworm', PRETTY_NAME: 'debian bookworm' },
  });
});

test('What a row says stands in the place of what goes without saying', async () => {
  const { distros } = await matrixOf(
    matrixText({
      distros: `
  - name: el9
    base: rocky
    manager: dnf
    key: rockylinux9
    platforms: [linux/arm64/v8, linux/arm]
    release: "9"
    package: which
    program: /bin/which
    os-release: { PRETTY_NAME: Rocky }
    bootstrap: { suite: sid }`,
    }),
  );
  assert.equal(distros[0], {
    name: 'el9',
    ref: { domain: 'docker.io', path: 'library/rocky', tag: 'latest' },
    baseRef: 'docker.io/library/rocky:latest',
    manager: 'dnf',
    key: 'rockylinux9',
    platforms: ['linux/arm64', 'linux/arm/v7'],
    release: '9',
    package: 'which',
    program: '/bin/which',
    osRelease: { ID: 'rocky', VERSION_ID: 'latest', PRETTY_NAME: 'Rocky' },
    bootstrap: { suite: 'sid' },
  });
});

test('A subject is a Dockerfile, or a frontend with its build file', async () => {
  const { subjects } = await matrixOf(
    matrixText({
      subjects: `
  - { name: a, dockerfile: D, target: t, worker-context: w, args: { A: "1" } }
  - { name: b, frontend: f, build-file: text, worker-context: "{key}" }`,
    }),
  );
  assert.equal(subjects, [
    {
      name: 'a',
      source: { kind: 'dockerfile', dockerfile: 'D' },
      target: 't',
      workerContext: 'w',
      args: { A: '1' },
    },
    {
      name: 'b',
      source: { kind: 'frontend', frontend: 'f', buildFile: 'text' },
      workerContext: '{key}',
      args: {},
    },
  ]);
});

test('Anchors, CRLF and a byte order mark are taken as they are meant', async () => {
  const text = matrixText({
    distros: `
  - &first { name: one, base: debian:1, manager: apt, os-release: &os { ID: x } }
  - { name: two, base: debian:2, manager: apt, os-release: *os }`,
  });
  const { distros } = await matrixOf(`\uFEFF${text.replaceAll('\n', '\r\n')}`);
  assert.equal(
    distros.map(({ osRelease }) => osRelease.ID),
    ['x', 'x'],
  );
});

test('A file that is not there is wrong input that names the file and the way back', async () => {
  try {
    await readMatrix('no/such/distros.yaml');
    assert.unreachable();
  } catch (error) {
    assert.instance(error, Fault);
    assert.is((error as Fault).exitStatus, EXIT.wrongInput);
    assert.match(
      (error as Fault).message,
      /^no\/such\/distros\.yaml: there is no such file\n.*npx platform-marker init/,
    );
  }
});

test('A folder in the place of the file is said to be unreadable', async () => {
  try {
    await readMatrix('tests');
    assert.unreachable();
  } catch (error) {
    assert.match((error as Fault).message, /^tests: cannot be read: EISDIR/);
  }
});

for (const content of ['', '\n', '# nothing but a comment\n', '---\n', 'null\n']) {
  test(`${JSON.stringify(content)} is an empty file`, async () => {
    assert.match(
      (await complaintsAbout(content)).join(),
      /^1:1 the file is empty; expected "platforms", "distros"/,
    );
  });
}

test('Bytes that are not UTF-8 are named by line and column', async () => {
  const content = Buffer.concat([Buffer.from('a: 1\nbé: '), Buffer.from([0xe9]), Buffer.from('x\n')]);
  assert.equal(await complaintsAbout(content), ['2:5 not UTF-8 text | save the file as UTF-8']);
});

test('Everything that is wrong is told at once, in the order of the file', async () => {
  const complaints = await complaintsAbout(`platforms: [linux/amd46, linux/amd64, linux/x86_64]
distro: []
distros:
  - name: Debian
    base: Debian
    manager: apd
  - { name: b, base: debian, manager: apt, relase: 1 }
  - { name: b, base: "docker.io/library/debian:latest", manager: apt, release: 3.0 }
subjects:
  - { name: s, dockerfile: D, worker-context: "{kye}" }
`);
  assert.equal(
    complaints.map((complaint) => /^\S+/.exec(complaint)?.[0]),
    ['1:13', '1:39', '2:1', '4:11', '5:11', '6:14', '7:44', '8:13', '8:22', '8:80', '10:48'],
  );
});

test.run();
