import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complaintsAbout, DEBIAN, matrixText } from './matrixText.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const bases = (...refs: string[]) =>
  matrixText({
    distros: refs.map((ref, index) => `\n  - { name: d${index}, base: "${ref}", manager: apt }`).join(''),
  });
const subject = (fields: string, distros = DEBIAN) =>
  matrixText({ distros, subjects: `\n  - { name: s, worker-context: w, ${fields} }` });

test('A name that two distros have is placed at the second, with the line of the first', async () => {
  const text = matrixText({ distros: DEBIAN + DEBIAN.replace('bookworm', 'trixie') });
  assert.equal(await complaintsAbout(text), ['6:11 the name "debian" is already on line 3']);
});

test('A name that two subjects have is a complaint', async () => {
  const row = '\n  - { name: s, worker-context: w, dockerfile: D }';
  assert.equal(await complaintsAbout(matrixText({ subjects: row + row })), [
    '8:13 the name "s" is already on line 7',
  ]);
});

test('A distro and a subject may have one name', async () => {
  const subjects = '\n  - { name: debian, worker-context: w, dockerfile: D }';
  assert.equal(await complaintsAbout(matrixText({ subjects })), []);
});

test('One base by two spellings is a complaint that shows the other spelling', async () => {
  assert.equal(await complaintsAbout(bases('debian:a', 'debian:b', 'docker.io/library/debian:a')), [
    '5:23 the base "docker.io/library/debian:a" is already on line 3 as "debian:a"',
  ]);
});

test('One digest under two tags is one base', async () => {
  const complaints = await complaintsAbout(bases(`debian:a@${DIGEST}`, `debian:b@${DIGEST}`));
  assert.is(complaints.length, 1);
});

test('Two tags of one repository are two bases', async () => {
  assert.equal(await complaintsAbout(bases('debian:a', 'debian:a-slim', `debian:a@${DIGEST}`)), []);
});

test('One platform by two spellings is a complaint', async () => {
  assert.equal(
    await complaintsAbout(matrixText({ platforms: '[linux/arm64, linux/amd64, linux/aarch64/v8]' })),
    ['1:39 the platform "linux/aarch64/v8" is already on line 1 as "linux/arm64"'],
  );
});

test("A platform twice among a distro's own is a complaint", async () => {
  const text = matrixText({ distros: `${DEBIAN}\n    platforms: [linux/arm/v7, linux/arm]` });
  assert.match((await complaintsAbout(text)).join(), /^6:31 the platform "linux\/arm" is already on line 6/);
});

test('A subject with neither Dockerfile nor frontend is told of both', async () => {
  assert.equal(await complaintsAbout(subject('target: t')), [
    '7:5 a subject needs "dockerfile", or "frontend" and "build-file"',
  ]);
});

test('A frontend without a build file is a complaint', async () => {
  assert.equal(await complaintsAbout(subject('frontend: f')), [
    '7:5 a subject with "frontend" needs "build-file"',
  ]);
});

for (const extra of ['frontend', 'build-file']) {
  test(`A Dockerfile with a ${extra} is a complaint at the ${extra}`, async () => {
    assert.equal(await complaintsAbout(subject(`dockerfile: D, ${extra}: f`)), [
      `7:50 a subject with "dockerfile" takes no "${extra}"`,
    ]);
  });
}

test('A placeholder that no distro has is placed at its brace, with a guess', async () => {
  const complaints = await complaintsAbout(subject('dockerfile: D, target: "a/{kee}/b"'));
  assert.is(complaints.length, 1);
  assert.match(
    complaints.join(),
    /^7:61 no distro has "\{kee\}" \(did you mean "key"\?\) \| placeholders: name, key,/,
  );
});

test('A placeholder in a build file is placed on its own line', async () => {
  const text = matrixText({
    subjects: `\n  - name: s\n    worker-context: w\n    frontend: f\n    build-file: |\n      a: {key}\n      b: {nope}`,
  });
  assert.match((await complaintsAbout(text)).join(), /^12:10 no distro has "\{nope\}"/);
});

test('A placeholder written twice in one text is one complaint', async () => {
  assert.is((await complaintsAbout(subject('dockerfile: D, target: "{x}{x}"'))).length, 1);
});

test('A shell variable and doubled braces are no placeholders', async () => {
  assert.equal(await complaintsAbout(subject('dockerfile: D, args: { A: "${nope} {{nope}} {}" }')), []);
});

test('A release that some distro lacks may leave an argument empty, but no hole in a target', async () => {
  assert.equal(await complaintsAbout(subject('dockerfile: D, args: { A: "{release}" }')), []);
  assert.match(
    (await complaintsAbout(subject('dockerfile: D, target: "{release}"'))).join(),
    /the distro "debian" has no release/,
  );
  const released = `${DEBIAN}\n    release: "9"`;
  assert.equal(await complaintsAbout(subject('dockerfile: D, target: "{release}"', released)), []);
});

test.run();
