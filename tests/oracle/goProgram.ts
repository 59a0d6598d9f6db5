import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheSubfolder } from '../../lib/engine/cacheFolder.ts';
import { runCommand } from '../../lib/engine/command.ts';

/** A Go program that tests need: a module of its own, which nothing but tests builds. */
export interface GoProgram {
  /** The folder of its go.mod. */
  folder: string;
  /** What to build: `.`, or the package of a tool that the module names. */
  package: string;
  name: string;
  /** A module file of another name than go.mod. */
  modFile?: string;
}

/** Why there is no Go here, or undefined where there is. */
export async function whyNoGo(): Promise<string | undefined> {
  return runCommand('go', ['version']).then(
    () => undefined,
    () => 'go is not installed',
  );
}

/** Builds a program, unless the cache has it from the same sources and the same Go; gives the path of its binary. */
export async function buildGoProgram({
  folder,
  package: wanted,
  name,
  modFile = 'go.mod',
}: GoProgram): Promise<string> {
  const cache = await cacheSubfolder('go');
  const { stdout: version } = await runCommand('go', ['version']);
  const hash = createHash('sha256').update(version).update(wanted);
  const inputs = [
    modFile,
    modFile.replace(/\.mod$/, '.sum'),
    ...(await readdir(folder)).filter((file) => file.endsWith('.go')),
  ];
  for (const input of inputs) hash.update(await readFile(join(folder, input)).catch(() => ''));
  const binary = join(cache, `${name}-${hash.digest('hex').slice(0, 16)}`);
  if (await stat(binary).catch(() => undefined)) return binary;
  await mkdir(join(cache, 'build'), { recursive: true });
  const unfinished = `${binary}.${process.pid}`;
  const flags = ['-buildvcs=false', '-trimpath', '-ldflags=-s -w', `-modfile=${modFile}`, '-o', unfinished];
  await runCommand('go', ['build', ...flags, wanted], {
    cwd: folder,
    env: { CGO_ENABLED: '0', GOCACHE: join(cache, 'build') },
  });
  await rename(unfinished, binary);
  return binary;
}
