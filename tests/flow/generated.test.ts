import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planGenerated } from '../../lib/flow/planGenerated.ts';
import { readMatrix } from '../../lib/matrix/readMatrix.ts';

const file = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const matrix = await readMatrix(file('distros.yaml'));
const places = {
  folder: file(''),
  bakeData: file('docker-bake.json'),
  markers: file('stages/marker'),
  schemas: file('schemas'),
  policies: file('policies'),
};

for (const { file: path, state, reason } of await planGenerated(matrix, places)) {
  test(`The committed ${relative(places.folder, path)} is what \`make generate\` writes, or a person’s own`, () => {
    assert.ok(state === 'unchanged' || state === 'kept', `${state}: ${reason ?? ''}`);
  });
}

for (const platform of new Set(matrix.distros.flatMap(({ platforms }) => platforms))) {
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
