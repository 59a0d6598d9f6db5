import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { useOwnBuilder } from '../../../lib/engine/ownBuilder.ts';
import { withFolder } from '../verbs.ts';
import { judgeMutants, type JudgedMutant } from './bench.ts';
import { HARMLESS, MUTANTS } from './mutants.ts';

const judged = new Map<string, JudgedMutant>();

test.before(async () => {
  const builder = await useOwnBuilder({ say: () => undefined });
  try {
    await withFolder(async (folder) => {
      for (const one of await judgeMutants([...HARMLESS, ...MUTANTS], { builder, folder })) {
        judged.set(one.mutant.name, one);
      }
    });
  } finally {
    await builder.stop();
  }
});

function assertRight(name: string): void {
  const one = judged.get(name);
  const wrong = one?.cells.filter(({ right }) => !right) ?? [];
  assert.equal(wrong, []);
  assert.ok(one?.right, 'a cell is missing');
}

for (const { name, defect } of MUTANTS) {
  test(`Caught with the right verdict: ${name} (${defect})`, () => {
    assertRight(name);
  });
}

for (const { name } of HARMLESS) {
  test(`Passes: ${name}`, () => {
    assertRight(name);
  });
}

test.run();
