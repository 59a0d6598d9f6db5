import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { own, project } from '../../lib/cli/paths.ts';
import { toolPrefix } from '../../lib/engine/toolPrefix.ts';
import type { Bench } from './bench.ts';
import { measure } from './measure.ts';
import type { Row } from './row.ts';
import { scriptCommand } from './verb.ts';

const SIZES = [14, 140, 1_000];
const PLATFORMS = ['amd64', 'arm64', 'arm/v7', '386', 'ppc64le', 's390x', 'riscv64'].map(
  (of) => `linux/${of}`,
);
/** As many as a run gives bake at once (`lib/flow/makeMarkers.ts`). */
const SOME = 64;
const BUILDX = 'usr/libexec/docker/cli-plugins/docker-buildx';
const RENDER = fileURLToPath(new URL('renderReports.ts', import.meta.url));

/** A project of each size and what is done to it, each in a process of its own; nothing is built. */
export async function benchScale({ pairs, work, say, signal }: Bench): Promise<Row[]> {
  const { root } = await toolPrefix(say, signal);
  const rows: Row[] = [];
  for (const size of SIZES) {
    const folder = join(work, `scale-${size}`);
    await writeProject(folder, size);
    const bakeOf = (data: string) => [
      ...[join(root, BUILDX), 'bake', '--print'],
      ...['--file', 'docker-bake.hcl', '--file', data],
    ];
    const some = Math.min(size, SOME);
    const commands: Readonly<Record<string, string[]>> = {
      'make generate': scriptCommand('generate', []),
      'make lint': scriptCommand('lint', []),
      'make explain REF=registry.invalid/made/made-7:1': scriptCommand('explain', [
        '--ref',
        'registry.invalid/made/made-7:1',
      ]),
      'docker buildx bake --print marker': [...bakeOf('docker-bake.json'), 'marker'],
      [`docker buildx bake --print, the data of ${some} distros`]: [...bakeOf('some.json'), 'marker'],
      'all reports': [process.execPath, '--import', import.meta.resolve('tsx'), RENDER, String(size), folder],
    };
    for (const [by, command] of Object.entries(commands)) {
      say(`${size} distros: ${by}`);
      if (by.includes('the data of')) await writeSome(folder, some);
      const row: Row = {
        part: 'scale',
        what: `${size} distros, ${size * PLATFORMS.length * 3} cells`,
        by,
        seconds: [],
      };
      for (let turn = 0; turn < pairs; turn++) {
        const { seconds, peakBytes = 0 } = await measure([{ command, cwd: folder }], signal);
        row.seconds.push(seconds);
        row.peakBytes = Math.max(row.peakBytes ?? 0, peakBytes);
      }
      rows.push(row);
    }
  }
  return rows;
}

/** The bake data of the first distros alone, as a run gives it to bake. */
async function writeSome(folder: string, count: number): Promise<void> {
  const data = JSON.parse(await readFile(join(folder, 'docker-bake.json'), 'utf8')) as {
    variable: { STAGES: unknown; DISTROS: { default: unknown[] } };
  };
  const { STAGES, DISTROS } = data.variable;
  const variable = {
    STAGES,
    DISTROS: { default: DISTROS.default.slice(0, count) },
    WORKERS: { default: [] },
  };
  await writeFile(join(folder, 'some.json'), JSON.stringify({ variable }));
}

/** This project's subjects, and distros that there are not. */
async function writeProject(folder: string, size: number): Promise<void> {
  await mkdir(folder);
  await cp(own.stages, join(folder, 'stages'), { recursive: true });
  await cp(own.bakeFile, join(folder, 'docker-bake.hcl'));
  const { subjects } = parse(await readFile(project.distros, 'utf8')) as { subjects: unknown };
  const distros = Array.from({ length: size }, (_, at) => {
    const name = `made-${at + 1}`;
    return { name, base: `registry.invalid/made/${name}:1`, manager: 'apt' };
  });
  await writeFile(join(folder, 'distros.yaml'), stringify({ platforms: PLATFORMS, distros, subjects }));
}
