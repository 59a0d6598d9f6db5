import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCommand } from '../../lib/engine/command.ts';
import { canaryElf } from '../../lib/proof/canaryElf.ts';
import { buildGo, testWithGo } from '../oracle/go.ts';
import { DOCKERFILE_FRONTEND } from './buildkit/programs.ts';
import { cellsOf, readReport, runVerb, withFolder, type Variables } from './verbs.ts';

const ONE = { DISTRO: 'azlinux3' };
const ONE_CELL = { ...ONE, WORKER_PATH: 'worker-context', PLATFORM: 'linux/amd64' };

const verify = async (out: string, variables: Variables) => {
  const ended = await runVerb('verify', { ...variables, OUT: out });
  return { ...ended, report: await readReport(out) };
};

await testWithGo(
  'BuildKit’s Dockerfile frontend passes as a binary, as an OCI layout and as a tar of one',
  async () => {
    const binary = await buildGo(DOCKERFILE_FRONTEND);
    await withFolder(async (folder) => {
      const first = await verify(join(folder, 'binary'), { ...ONE, FRONTEND: binary });
      assert.is(first.status, 0, first.stdout);
      assert.is(cellsOf(first.report).filter((cell) => cell.endsWith(' pass')).length, 6);

      const layout = join(folder, 'binary/run/frontend/layout');
      const second = await verify(join(folder, 'layout'), { ...ONE_CELL, FRONTEND: layout });
      assert.is(second.status, 0, second.stdout);

      const tar = join(folder, 'frontend.tar');
      await runCommand('tar', ['--create', '--file', tar, '--directory', layout, '.']);
      const third = await verify(join(folder, 'tar'), { ...ONE_CELL, FRONTEND: tar });
      assert.is(third.status, 0, third.stdout);
    });
  },
);

test('A program that is no frontend fails its own cells, with the end of the log', async () => {
  await withFolder(async (folder) => {
    const binary = join(folder, 'no-frontend');
    await writeFile(binary, canaryElf('linux/amd64'));
    const { status, report } = await verify(join(folder, 'out'), { ...ONE_CELL, FRONTEND: binary });
    assert.is(status, 1);
    assert.equal(cellsOf(report), ['azlinux3 worker-context linux/amd64 build-failed']);
    assert.match(report.cells[0]?.log ?? '', /ERROR/);
    assert.is(report.totals.controlsCaught, report.totals.controls);
  });
});

test('A frontend that hangs is ended at the time limit, and the controls beside it are judged all the same', async () => {
  await withFolder(async (folder) => {
    const binary = join(folder, 'hangs');
    const program = canaryElf('linux/amd64');
    // The code is the last thing in the file: `jmp` to itself.
    program.set([0xeb, 0xfe], program.length - codeLength());
    await writeFile(binary, program);
    // Six seconds: a little later BuildKit itself ends a frontend that has never spoken.
    const { status, report } = await verify(join(folder, 'out'), {
      ...ONE_CELL,
      FRONTEND: binary,
      TIMEOUT: '0.1',
    });
    assert.is(status, 1);
    assert.is(report.cells[0]?.verdict, 'build-failed');
    assert.match(report.cells[0]?.detail ?? '', /time limit/);
    assert.is(report.totals.controlsCaught, report.totals.controls);
  });
});

/** Where an x86-64 canary's code starts, from its end: it is what follows the headers of 64 and 56 bytes. */
function codeLength(): number {
  return canaryElf('linux/amd64').length - 64 - 56;
}

test('A frontend image that does not exist fails its cells and says which', async () => {
  await withFolder(async (folder) => {
    const { status, report } = await verify(join(folder, 'out'), {
      ...ONE_CELL,
      FRONTEND: 'registry.invalid/no/frontend:1',
    });
    assert.is(status, 1);
    assert.is(report.cells[0]?.verdict, 'build-failed');
    assert.match(report.cells[0]?.detail ?? '', /registry\.invalid/);
  });
});

test('A FRONTEND that is neither file nor reference is refused before anything is built', async () => {
  await withFolder(async (folder) => {
    const { status, stderr } = await runVerb('verify', { ...ONE_CELL, FRONTEND: './NOT THERE', OUT: folder });
    assert.is(status, 2);
    assert.match(stderr, /FRONTEND=\.\/NOT THERE cannot be used/);
  });
});

test.run();
