import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runVerb, withFolder } from '../e2e/verbs.ts';
import { writeMatrix, writePolicies } from './project.ts';

const HAND = '{ "rules": [] }\n';

test('What is generated is written, kept, compared, reset and held against distros.yaml', async () => {
  await withFolder(async (folder) => {
    const bases = { debian: 'debian:12', alma: 'almalinux:9' };
    await writeMatrix(folder, bases);
    await writePolicies(folder, { alma: HAND });

    const first = await runVerb('generate', {}, folder);
    assert.is(first.status, 0, first.stderr);
    assert.is(
      first.stdout,
      [
        'written policies/debian.json',
        'kept policies/alma.json: edited by hand',
        'written policies/.generated.json',
        '',
      ].join('\n'),
    );
    assert.match(first.stderr, 'make generate FORCE=<distro>');

    const [kept, shown, mistaken] = await Promise.all([
      runVerb('check-generated', {}, folder),
      runVerb('diff', {}, folder),
      runVerb('generate', { FORCE: 'almaa' }, folder),
    ]);
    assert.equal([kept.status, kept.stdout], [0, ''], kept.stderr);
    assert.match(kept.stderr, '1 edited by hand');
    assert.is(shown.status, 0);
    assert.match(shown.stdout, /^--- policies\/alma\.json as generated\n\+\+\+ policies\/alma\.json\n@@ /);
    assert.match(shown.stdout, /^-.*docker-image:\/\/docker\.io\/library\/almalinux:9"/m);
    assert.ok(shown.stdout.endsWith('+{ "rules": [] }\n'));
    assert.equal([mistaken.status, mistaken.stdout], [2, '']);
    assert.match(mistaken.stderr, 'there is no distro "almaa" (did you mean "alma"?)');

    const reset = await runVerb('generate', { FORCE: 'alma' }, folder);
    assert.is(reset.status, 0, reset.stderr);
    const line = 'written policies/alma.json: what was there is now policies/alma.json.bak-1';
    assert.match(reset.stdout, line);
    assert.is(await readFile(join(folder, 'policies/alma.json.bak-1'), 'utf8'), HAND);

    await writeMatrix(folder, { ...bases, debian: 'debian:13' }, ['linux/amd64', 'linux/riscv64']);
    const [stale, unedited] = await Promise.all([
      runVerb('check-generated', {}, folder),
      runVerb('diff', {}, folder),
    ]);
    assert.is(stale.status, 1);
    assert.is(
      stale.stdout,
      [
        'policies/debian.json: is not what `make generate` writes',
        'policies/.generated.json: is not what `make generate` writes',
        '',
      ].join('\n'),
    );
    assert.match(stale.stderr, 'run `make generate`');
    assert.equal([unedited.status, unedited.stdout], [0, '']);
    assert.match(unedited.stderr, 'no hand edits');
  });
});

test.run();
