import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BakeWorker } from '../../lib/bake/bakeData.ts';
import type { Builder } from '../../lib/engine/builder.ts';
import type { BuiltProbe } from '../../lib/flow/buildProbes.ts';
import { keepProbes } from '../../lib/flow/keepProbes.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';

/** A project of two workers by a context and one by a policy, and what is built in each run of it. */
interface Project {
  folder: string;
  workers: Record<'one' | 'two' | 'three', BakeWorker>;
  images: string[];
  /** Names of workers whose build fails. */
  failing: Set<string>;
  /** Throws in the middle of a build. */
  interrupt: boolean;
  run: () => Promise<{ built: string; probes: BuiltProbe[]; notes: string[] }>;
}

function inProject(use: (project: Project) => Promise<void>): Promise<void> {
  return inTempDirectory(async (folder) => {
    const worker = (name: string): BakeWorker => ({
      ...{ name, context: join(folder, name), dockerfile: 'Dockerfile', target: '', args: {}, contexts: {} },
      ...{ platforms: ['linux/amd64', 'linux/arm64'], probe: {}, out: join(folder, 'out/probe', name) },
    });
    const put = async (path: string, text: string) => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    };
    const workers = { one: worker('one'), two: worker('two'), three: worker('three') };
    for (const { context } of Object.values(workers)) await put(join(context, 'Dockerfile'), 'FROM scratch');
    await put(join(folder, 'probe.Dockerfile'), 'FROM scratch');
    await put(join(folder, 'policy.json'), '{}');
    await mkdir(join(folder, 'out/run'), { recursive: true });

    let built: string[] = [];
    const keep = keepProbes(async (groups, { run }) => {
      const probes: BuiltProbe[] = [];
      for (const { name, workers: some, policyFile } of groups) {
        const metadata = join(run, 'metadata', `${name}.json`);
        await put(metadata, '{}');
        for (const one of some) {
          assert.not(existsSync(one.out), 'nothing of an earlier build is where it goes');
          await put(join(one.out, 'index.json'), '{}');
          if (project.interrupt) throw new Error('interrupted');
          built.push(one.name);
          const outcome = project.failing.has(one.name)
            ? ({ ok: false, log: '', timedOut: false } as const)
            : ({ ok: true } as const);
          for (const platform of one.platforms) {
            const of = { worker: one, platform, layout: one.out, platforms: one.platforms, metadata };
            probes.push({ ...of, folder: '', target: one.name, policyFile, outcome, seconds: 1 });
          }
        }
      }
      return probes;
    });
    const project: Project = {
      ...{ folder, workers, images: ['sha256:0'], failing: new Set(), interrupt: false },
      run: async () => {
        built = [];
        const notes: string[] = [];
        const groups = [
          { name: 'contexts', workers: [workers.one, workers.two] },
          { name: 'policy', workers: [workers.three], policyFile: join(folder, 'policy.json') },
        ];
        const settings = {
          builder: {} as Builder,
          bakeFile: '',
          stages: '',
          timeout: 1,
          say: () => undefined,
        };
        const files = new Map(
          Object.values(workers).map(({ name, context, dockerfile }) => [
            name,
            [{ file: join(folder, 'probe.Dockerfile') }, { context, dockerfile }],
          ]),
        );
        const probes = await keep(
          groups,
          { ...settings, run: join(folder, 'out/run') },
          { images: project.images, files, out: join(folder, 'out') },
          (line) => notes.push(line),
        );
        return { built: built.join(), probes, notes };
      },
    };
    await use(project);
  });
}

test('what nothing has changed for is not built again, with a note, and its probes are the same', () =>
  inProject(async ({ run }) => {
    const first = await run();
    assert.is(first.built, 'one,two,three');
    assert.equal(first.notes, []);
    const { built, probes, notes } = await run();
    assert.is(built, '');
    assert.equal(probes, first.probes);
    assert.equal(notes, [
      '3 of 3 workers stand as an earlier run built them: nothing that they are made from has changed',
    ]);
  }));

const changes: { what: string; change: (project: Project) => Promise<void> | void; built: string }[] = [
  {
    what: 'its policy',
    change: ({ folder }) => writeFile(join(folder, 'policy.json'), '{ }'),
    built: 'three',
  },
  {
    what: 'a file of its context',
    change: ({ folder }) => writeFile(join(folder, 'two/added'), ''),
    built: 'two',
  },
  {
    what: 'its target',
    change: ({ workers }) => {
      workers.one = { ...workers.one, args: { RELEASE: '2' } };
    },
    built: 'one',
  },
  {
    what: 'a file that all builds read',
    change: ({ folder }) => writeFile(join(folder, 'probe.Dockerfile'), 'FROM scratch AS probe'),
    built: 'one,two,three',
  },
  {
    what: 'an image that is served',
    change: (project) => void (project.images = ['sha256:1']),
    built: 'one,two,three',
  },
  {
    what: 'its probe, which somebody took away,',
    change: ({ workers }) => rm(workers.two.out, { recursive: true }),
    built: 'two',
  },
];

for (const { what, change, built } of changes) {
  test(`a worker is built again when ${what} has changed, and the others stand`, () =>
    inProject(async (project) => {
      const first = await project.run();
      await change(project);
      const second = await project.run();
      assert.is(second.built, built);
      assert.is(second.probes.length, 6);
      assert.equal(
        second.probes.map(({ worker: { name }, platform }) => `${name} ${platform}`),
        first.probes.map(({ worker: { name }, platform }) => `${name} ${platform}`),
        'in the order in which they were asked for',
      );
      assert.ok(second.probes.every(({ metadata }) => existsSync(metadata)));
      assert.is((await project.run()).built, '');
    }));
}

test('a worker that failed is built again, and stands once it is built', () =>
  inProject(async ({ run, failing }) => {
    failing.add('two');
    await run();
    assert.is((await run()).built, 'two');
    failing.clear();
    assert.is((await run()).built, 'two');
    assert.is((await run()).built, '');
  }));

test('what a run that was ended half-way has begun does not stand', () =>
  inProject(async (project) => {
    await project.run();
    await writeFile(join(project.folder, 'policy.json'), '{ }');
    project.interrupt = true;
    await project.run().then(
      () => {
        assert.unreachable();
      },
      () => undefined,
    );
    project.interrupt = false;
    await writeFile(join(project.folder, 'policy.json'), '{}');
    assert.is((await project.run()).built, 'three');
  }));

test('what bake wrote for runs of which nothing stands is deleted', () =>
  inProject(async ({ run, folder, images }) => {
    for (const image of ['a', 'b', 'c']) {
      images[0] = image;
      await run();
      assert.is((await readdir(join(folder, 'out/run'))).length, 1);
    }
    await writeFile(join(folder, 'policy.json'), '{ }');
    await run();
    assert.is((await readdir(join(folder, 'out/run'))).length, 2);
  }));

test.run();
