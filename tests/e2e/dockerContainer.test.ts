import { join } from 'node:path';
import { execa } from 'execa';
import * as assert from 'uvu/assert';
import { test } from 'uvu';
import { keepOwnEngine } from '../../lib/engine/ownBuilder.ts';
import { testWithGo } from '../oracle/go.ts';
import { withBuilders, type BuilderName } from './dockerContainer/inContainer.ts';
import { writeProject } from './project.ts';
import { CLI, UNDER_MAKE, cellsOf, readReport, withFolder, type Ended } from './verbs.ts';

const WORKER = 'ARG BASE=scratch\nFROM ${BASE} AS worker\n';

await testWithGo(
  'A builder in a container is taken where it shares the loopback, told where it does not, and unproven where it emulates',
  () =>
    withFolder(async (folder) => {
      const engine = await keepOwnEngine({ say: () => undefined });
      try {
        await withBuilders(engine, folder, async (env) => {
          const project = join(folder, 'project');
          await writeProject(project, ['one'], WORKER);
          // The engine's network namespace stands for the machine, and the engine for its Docker.
          const run = async (verb: string, name: BuilderName): Promise<Ended> => {
            const [file, ...args] = [...engine.enter, ...CLI, verb];
            const { exitCode, stdout, stderr } = await execa(file, args, {
              cwd: project,
              env: {
                ...UNDER_MAKE,
                ...env,
                NO_COLOR: '1',
                BUILDX_BUILDER: name,
                OUT: join(folder, `out-${name}`),
              },
              reject: false,
              stdin: 'ignore',
            });
            return { status: exitCode ?? null, stdout, stderr };
          };
          const cells = (verdict: string) =>
            ['worker-context', 'base-context', 'source-policy'].flatMap((path) =>
              ['linux/amd64', 'linux/arm64'].map((platform) => `one ${path} ${platform} ${verdict}`),
            );

          const near = await run('verify', 'near');
          assert.is(near.status, 0, near.stdout + near.stderr);
          const report = await readReport(join(folder, 'out-near'));
          assert.equal(cellsOf(report), cells('pass'));
          assert.is(report.builder.name, 'near (docker-container)');
          assert.is(report.totals.controlsCaught, report.totals.controls);
          assert.equal(
            report.canaries.map(({ platform, outcome }) => `${platform} ${outcome}`),
            ['linux/amd64 ran', 'linux/arm64 refused', 'linux/arm64 refused'],
          );

          const apart = await run('doctor', 'apart');
          assert.match(
            apart.stdout,
            /builder: builder "apart" \(docker-container\) cannot pull from this machine’s loopback: .*connection refused\n.*network=host.*MARKER_REGISTRY=host\/repository/,
          );

          // Also of amd64: a program of the other architecture could run in its build.
          const emulating = await run('verify', 'emulating');
          assert.is(emulating.status, 1, emulating.stdout + emulating.stderr);
          assert.equal(cellsOf(await readReport(join(folder, 'out-emulating'))), cells('unproven'));
        });
      } finally {
        await engine.stop();
      }
    }),
);

test.run();
