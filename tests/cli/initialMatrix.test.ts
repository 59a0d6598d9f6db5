import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { initialMatrix } from '../../lib/cli/initialMatrix.ts';
import { ownDistros } from '../../lib/cli/paths.ts';
import { Fault } from '../../lib/fault/fault.ts';
import { readMatrix } from '../../lib/matrix/readMatrix.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';

const example = await readFile(ownDistros, 'utf8');
const NOTHING = { distros: [], subject: undefined, schema: undefined };

test('a first distros.yaml is rows of the example under a head of its own, and the built-in subject', () =>
  inTempDirectory(async (folder) => {
    const text = initialMatrix(example, {
      ...NOTHING,
      distros: ['azlinux3', 'debian-bookworm'],
      schema: 's.json',
    });
    assert.match(text, /^# yaml-language-server: \$schema=s\.json\n\n# What platform-marker verifies\./);
    assert.not.match(text, /make |schemas\//);
    await writeFile(join(folder, 'distros.yaml'), text);
    const matrix = await readMatrix(join(folder, 'distros.yaml'));
    const all = await readMatrix(ownDistros);
    assert.equal(
      matrix.distros,
      all.distros.filter(({ name }) => ['azlinux3', 'debian-bookworm'].includes(name)),
    );
    assert.equal(
      matrix.subjects.map(({ name }) => name),
      ['built-in'],
    );
    assert.match(
      matrix.subjects[0]?.source.kind === 'dockerfile' ? matrix.subjects[0].source.dockerfile : '',
      /^\//,
    );
  }));

test('with a subject of the example it has that one, and all distros where none is named', () =>
  inTempDirectory(async (folder) => {
    await writeFile(join(folder, 'distros.yaml'), initialMatrix(example, { ...NOTHING, subject: 'dalec' }));
    const matrix = await readMatrix(join(folder, 'distros.yaml'));
    const all = await readMatrix(ownDistros);
    assert.equal(matrix.distros, all.distros);
    assert.equal(
      matrix.subjects,
      all.subjects.filter(({ name }) => name === 'dalec'),
    );
  }));

test('what the example does not have is named, with what was meant', () => {
  assert.throws(
    () => initialMatrix(example, { ...NOTHING, distros: ['debian-bokworm'] }),
    (error: Error) => error instanceof Fault && error.message.includes('(did you mean "debian-bookworm"?)'),
  );
});

test.run();
