import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatBakeData } from '../../lib/bake/bakeData.ts';
import { committedBakeData } from '../../lib/flow/committedBakeData.ts';
import { readMatrix } from '../../lib/matrix/readMatrix.ts';
import { checkGenerated } from '../../lib/policy/writePolicies.ts';

const file = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const matrix = await readMatrix(file('distros.yaml'));

test('The committed bake data is the one that `make generate` writes', async () => {
  assert.is(await readFile(file('docker-bake.json'), 'utf8'), formatBakeData(committedBakeData(matrix)));
});

test('The committed policies are those that `make generate` writes, or a person’s own', async () => {
  assert.equal(await checkGenerated(matrix.distros, file('policies')), []);
});

for (const platform of matrix.platforms) {
  test(`The committed marker of ${platform} is the platform and nothing else`, async () => {
    assert.is(await readFile(file(`stages/marker/${platform}/platform-marker`), 'utf8'), platform);
  });
}

for (const stage of ['marker', 'probe', 'control']) {
  test(`stages/${stage}.Dockerfile runs nothing`, async () => {
    assert.not(/^\s*RUN\b/im.test(await readFile(file(`stages/${stage}.Dockerfile`), 'utf8')));
  });
}

test.run();
