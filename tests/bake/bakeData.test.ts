import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatBakeData } from '../../lib/bake/bakeData.ts';
import { committedBakeData } from '../../lib/flow/committedBakeData.ts';
import { readMatrix } from '../../lib/matrix/readMatrix.ts';

const worker = {
  name: 'worker-context-d',
  context: 'stages',
  dockerfile: 'worker.Dockerfile',
  target: 'worker',
  args: {},
  contexts: {},
  platforms: ['linux/amd64'],
  probe: {},
  out: 'out/probe/worker-context/d',
};

test('the data is three variables with defaults, and no target', () => {
  const file = JSON.parse(formatBakeData({ stages: 'stages', distros: [], workers: [worker] })) as unknown;
  assert.equal(file, {
    variable: { STAGES: { default: 'stages' }, DISTROS: { default: [] }, WORKERS: { default: [worker] } },
  });
});

test('what bake would read as the start of an HCL template is written twice', () => {
  const args = { A: 'echo ${HOME} %{ if }', B: '$HOME {base} 100% $${C}' };
  const text = formatBakeData({ stages: 'stages', distros: [], workers: [{ ...worker, args }] });
  assert.match(text, '"A": "echo $${HOME} %%{ if }"');
  assert.match(text, '"B": "$HOME {base} 100% $$${C}"');
});

test('the files that docker-bake.json names are there, and every path in it is relative', async () => {
  const { stages, distros, workers } = committedBakeData(await readMatrix('distros.yaml'));
  const files = [
    stages,
    ...distros.map(({ contexts }) => contexts.marker),
    ...workers.map(({ context, dockerfile }) => `${context}/${dockerfile}`),
  ];
  for (const file of new Set(files)) assert.ok(existsSync(file), file);
  for (const { out } of [...distros, ...workers]) assert.match(out, /^out\//);
});

test('docker-bake.hcl runs nothing by itself and holds no data', async () => {
  const text = await readFile('docker-bake.hcl', 'utf8');
  assert.not.match(text, /\bRUN\b/);
  assert.not.match(text, /dockerfile-inline|^\s*variable\b/m);
});

test.run();
