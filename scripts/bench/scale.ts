import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatBakeData } from '../../lib/bake/bakeData.ts';
import { BUILDX } from '../../lib/engine/ownEngine.ts';
import { toolPrefix } from '../../lib/engine/toolPrefix.ts';
import { committedBakeData } from '../../lib/flow/committedBakeData.ts';
import { BAKED_AT_ONCE } from '../../lib/flow/makeMarkers.ts';
import type { Bench } from './bench.ts';
import { madeBase, makeProject } from './madeProject.ts';
import { measure } from './measure.ts';
import type { Row } from './row.ts';
import { verbCommand } from './verb.ts';

const SIZES = [14, 140, 1_000];
const PLATFORMS = ['amd64', 'arm64', 'arm/v7', '386', 'ppc64le', 's390x', 'riscv64'].map(
  (of) => `linux/${of}`,
);
const RENDER = fileURLToPath(new URL('renderReports.ts', import.meta.url));
/** The bake data of some distros alone, beside that of all. */
const SOME = 'some.json';

/** Something that is done to a made project. */
export interface ScaleCommand {
  by: string;
  command: string[];
  /** Whether it writes policies, and finds none each time. */
  writesPolicies?: boolean;
}

/** A project that commands of the scale part are for. */
export interface ScaleProject {
  size: number;
  folder: string;
  env: Record<string, string>;
}

/** A project of each size and what is done to it, each in a process of its own; nothing is built. */
export async function benchScale({ pairs, work, say, signal }: Bench): Promise<Row[]> {
  const { root } = await toolPrefix(say, signal);
  const rows: Row[] = [];
  for (const size of SIZES) {
    const project = await makeScaleProject(join(work, `scale-${size}`), size, signal);
    for (const one of scaleCommands(project, [join(root, BUILDX)])) {
      say(`${size} distros: ${one.by}`);
      const row: Row = {
        part: 'scale',
        what: `${size} distros, ${size * PLATFORMS.length * 3} cells`,
        by: one.by,
        seconds: [],
      };
      for (let turn = 0; turn < pairs; turn++) {
        const { seconds, peakBytes = 0 } = await runOnce(one, project, signal);
        row.seconds.push(seconds);
        row.peakBytes = Math.max(row.peakBytes ?? 0, peakBytes);
      }
      rows.push(row);
    }
  }
  return rows;
}

/** Makes a project of so many distros on seven platforms, with the data of bake's calls. */
export async function makeScaleProject(
  root: string,
  size: number,
  signal: AbortSignal,
): Promise<ScaleProject> {
  const { folder, env, matrix } = await makeProject(root, size, signal, PLATFORMS);
  const data = committedBakeData(matrix);
  const some = { ...data, distros: data.distros.slice(0, BAKED_AT_ONCE), workers: [] };
  await writeFile(join(folder, SOME), formatBakeData(some));
  return { size, folder, env };
}

/** All that is done to a project. `buildx` is how buildx is called. */
export function scaleCommands(
  { size, folder }: Pick<ScaleProject, 'size' | 'folder'>,
  buildx: readonly string[],
): ScaleCommand[] {
  const ref = madeBase(1);
  const bake = (data: string) => [
    ...[...buildx, 'bake', '--print'],
    ...['--file', 'docker-bake.hcl', '--file', data, 'marker'],
  ];
  return [
    { by: 'make generate', command: verbCommand('generate', []), writesPolicies: true },
    { by: 'make lint', command: verbCommand('lint', []) },
    { by: `make explain REF=${ref}`, command: verbCommand('explain', ['--ref', ref]) },
    { by: 'docker buildx bake --print marker', command: bake('docker-bake.json') },
    {
      by: `docker buildx bake --print, the data of ${Math.min(size, BAKED_AT_ONCE)} distros`,
      command: bake(SOME),
    },
    {
      by: 'all reports',
      command: [process.execPath, '--import', import.meta.resolve('tsx'), RENDER, String(size), folder],
    },
  ];
}

async function runOnce(
  { command, writesPolicies = false }: ScaleCommand,
  { folder, env }: ScaleProject,
  signal: AbortSignal,
): Promise<{ seconds: number; peakBytes: number | undefined }> {
  if (writesPolicies) await rm(join(folder, 'policies'), { recursive: true });
  return measure([{ command, cwd: folder, env }], signal);
}
