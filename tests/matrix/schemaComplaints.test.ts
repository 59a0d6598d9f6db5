import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complaintsAbout, DEBIAN, matrixText, SUBJECT } from './matrixText.ts';

const distro = (more: string) => matrixText({ distros: `${DEBIAN}\n    ${more}` });
const subject = (more: string) => matrixText({ subjects: `${SUBJECT}\n    ${more}` });

const CASES: readonly (readonly [title: string, text: string, complaint: RegExp])[] = [
  [
    'An unknown key at the top gets a guess',
    matrixText({ more: 'distro: 1' }),
    /^10:1 unknown key "distro" \(did you mean "distros"\?\)/,
  ],
  [
    'An unknown key in a distro gets a guess',
    distro('relase: x'),
    /^6:5 unknown key "relase" \(did you mean "release"\?\)/,
  ],
  [
    'A key in another style gets a guess',
    subject('workerContext: x'),
    /unknown key "workerContext" \(did you mean "worker-context"\?\)/,
  ],
  [
    'An unknown key far inside lists what is known there',
    distro('os-release: { NAME: x }'),
    /^6:19 unknown key "NAME" \| known here: ID, VERSION_ID, PRETTY_NAME$/,
  ],
  [
    'An unknown value gets a guess',
    matrixText({ distros: DEBIAN.replace('apt', 'aptt') }),
    /^5:14 "manager" is "aptt"; expected apt, dnf, microdnf, tdnf \(did you mean "apt"\?\)$/,
  ],
  [
    'A missing key is placed at its row',
    matrixText({ distros: '\n  - name: a\n    manager: apt' }),
    /^3:5 "base" is missing$/,
  ],
  [
    'A missing list is placed at the start',
    'distros: [{name: a, base: a, manager: apt}]',
    /^1:1 "platforms" is missing$/,
  ],
  [
    'A key without a value is empty',
    matrixText({ distros: '\n  - name:\n    base: a\n    manager: apt' }),
    /^3:10 "name" is empty; expected text$/,
  ],
  [
    'A number in the place of text is shown in quotes as it was written',
    distro('release: 3.0'),
    /^6:14 "release" is the number 3; expected text \| write it in quotes: "3\.0"$/,
  ],
  [
    'A boolean in the place of text is shown in quotes',
    distro('package: true'),
    /"package" is the boolean true; expected text \| write it in quotes: "true"$/,
  ],
  [
    'A number in the place of a list is not told to take quotes',
    matrixText({ platforms: '1' }),
    /^1:12 "platforms" is the number 1; expected a list$/,
  ],
  [
    'Text in the place of a list',
    matrixText({ platforms: 'linux/amd64' }),
    /"platforms" is "linux\/amd64"; expected a list$/,
  ],
  [
    'Text in the place of a row',
    matrixText({ distros: ' [debian]' }),
    /^2:11 row 1 of "distros" is "debian"; expected keys with values$/,
  ],
  ['A list in the place of the file', '- a', /^1:1 the file is a list; expected keys with values$/],
  ['A map in the place of text', distro('key: { a: b }'), /"key" is a map of keys; expected text$/],
  ['A list in the place of a map', subject('args: [a]'), /"args" is a list; expected keys with values$/],
  [
    'No platforms',
    matrixText({ platforms: '[]' }),
    /^1:12 "platforms" is empty; expected at least one entry$/,
  ],
  ['No text', subject('target: ""'), /"target" is empty; expected at least one letter$/],
  [
    'A platform with a slip of the pen gets a guess',
    matrixText({ platforms: '[linux/amd46]' }),
    /^1:13 "linux\/amd46" is not a platform: .*did you mean "amd64"/,
  ],
  [
    'A base in upper case',
    matrixText({ distros: DEBIAN.replace('debian:', 'Debian:') }),
    /^4:11 "Debian:bookworm" is not an image reference: .* must be lower case$/,
  ],
  [
    'A frontend that is no image',
    subject('frontend: "Not One"'),
    /"Not One" is not an image reference: it holds white space/,
  ],
  [
    'A path in the place of a package',
    distro('package: a/b'),
    /"a\/b" does not do: expected the name of a package$/,
  ],
  [
    'A relative program',
    distro('program: bin/hello'),
    /"bin\/hello" does not do: expected an absolute path$/,
  ],
  [
    'A suite with a space',
    distro('bootstrap: { suite: a b }'),
    /"a b" does not do: expected the name of a Debian suite$/,
  ],
  [
    'An os-release value that would end its quotes',
    distro(`os-release: { PRETTY_NAME: 'a"b' }`),
    /"a\\"b" does not do: expected one line without quotes/,
  ],
];

for (const [title, text, complaint] of CASES) {
  test(title, async () => {
    const complaints = await complaintsAbout(text);
    assert.ok(
      complaints.some((found) => complaint.test(found)),
      `${complaint.source}\n${complaints.join('\n')}`,
    );
  });
}

for (const name of ['Debian', 'a_', '-a', 'a b', 'a.b', 'a/b', 'a___b', 'a-_b', 'ä']) {
  test(`"${name}" cannot be a bake target and a repository, and is refused as a name`, async () => {
    const text = matrixText({ distros: DEBIAN.replace('name: debian', `name: "${name}"`) });
    assert.match(
      (await complaintsAbout(text)).join(),
      /^3:11 "[^"]+" does not do: expected lower-case letters/,
    );
  });
}

for (const name of ['a', '9', 'debian-bookworm', 'a_b', 'a__b', 'a--b']) {
  test(`"${name}" does as a name`, async () => {
    const text = matrixText({ distros: DEBIAN.replace('name: debian', `name: "${name}"`) });
    assert.equal(await complaintsAbout(text), []);
  });
}

test.run();
