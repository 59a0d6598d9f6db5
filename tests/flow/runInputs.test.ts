import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runInputs } from '../../lib/flow/runInputs.ts';
import { readMatrix } from '../../lib/matrix/readMatrix.ts';
import { PATHS, type Path } from '../../lib/proof/verdict.ts';
import type { ReportInputs } from '../../lib/report/schema.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';

const MATRIX = `platforms: [linux/amd64]
distros: [{ name: one, base: 'registry.invalid/one:1', manager: dnf }]
subjects: [{ name: mine, dockerfile: Dockerfile, worker-context: worker }]
`;

async function writeInputs(folder: string): Promise<void> {
  const files = {
    'distros.yaml': MATRIX,
    Dockerfile: 'FROM scratch\n',
    'policies/one.json': '{}',
    'docker-bake.hcl': '',
    'stages/worker.Dockerfile': 'FROM scratch\n',
    'stages/marker/linux/amd64/platform-marker': 'linux/amd64',
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

async function inputsOf(folder: string, paths: readonly Path[] = PATHS): Promise<ReportInputs> {
  const { distros, subjects } = await readMatrix(join(folder, 'distros.yaml'));
  const [subject] = subjects;
  if (subject === undefined) throw new Error('no subject was read');
  return runInputs(
    {
      project: folder,
      matrix: join(folder, 'distros.yaml'),
      policies: join(folder, 'policies'),
      bakeFile: join(folder, 'docker-bake.hcl'),
      stages: join(folder, 'stages'),
    },
    { distros, paths, subject, frontend: undefined, allowEmulator: false },
  );
}

test('The same files in another folder are the same inputs', () =>
  inTempDirectory(async (dir) => {
    await writeInputs(join(dir, 'here'));
    await cp(join(dir, 'here'), join(dir, 'elsewhere'), { recursive: true });
    assert.equal(await inputsOf(join(dir, 'here')), await inputsOf(join(dir, 'elsewhere')));
  }));

for (const [file, what] of [
  ['distros.yaml', 'matrix'],
  ['policies/one.json', 'policies'],
  ['Dockerfile', 'subject'],
  ['docker-bake.hcl', 'stages'],
  ['stages/worker.Dockerfile', 'stages'],
] as const) {
  test(`A change of ${file} is another ${what}, and nothing else`, () =>
    inTempDirectory(async (dir) => {
      await writeInputs(dir);
      const before = await inputsOf(dir);
      await writeFile(join(dir, file), file === 'distros.yaml' ? `${MATRIX}# more\n` : '# more\n');
      const after = await inputsOf(dir);
      assert.is.not(after[what], before[what]);
      assert.equal({ ...after, [what]: before[what] }, before);
    }));
}

test('The markers that follow from distros.yaml are no input, nor are policies where no path takes one', () =>
  inTempDirectory(async (dir) => {
    await writeInputs(dir);
    const before = await inputsOf(dir);
    await writeFile(join(dir, 'stages/marker/linux/amd64/platform-marker'), 'x');
    assert.equal(await inputsOf(dir), before);
    assert.is((await inputsOf(dir, ['base-context'])).policies, null);
  }));

test.run();
