import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { test } from 'uvu';
import { cacheSubfolder } from '../../lib/engine/cacheFolder.ts';
import { hasCommand, runCommand } from '../../lib/engine/command.ts';

/** A Go program that only tests build, from a module of its own. */
export interface GoProgram {
  /** The folder of its go.mod. */
  module: string;
  /** `.` for the module's own program, or the package of a tool that it names. */
  package: string;
  /** A module file of another name than go.mod. */
  modFile?: string;
}

/**
 * Registers a test that needs Go. Where there is none it is skipped and says so; in CI, which has to have Go, it fails.
 */
export async function testWithGo(title: string, run: () => Promise<void>): Promise<void> {
  if ((await hasCommand('go')) || (process.env['CI'] ?? '') !== '') test(title, run);
  else {
    process.stdout.write(`skipped: go is not installed (${title})\n`);
    test.skip(title);
  }
}

/**
 * Builds a program, unless the cache has it from the same sources and the same Go. Everything that Go keeps for the next
 * time stays in the cache folder. Returns the path of the binary.
 */
export async function buildGo({ module, package: wanted, modFile = 'go.mod' }: GoProgram): Promise<string> {
  const cache = await cacheSubfolder('go');
  const hash = createHash('sha256')
    .update((await runCommand('go', ['version'])).stdout)
    .update(wanted);
  const sources = (await readdir(module)).filter((name) => name.endsWith('.go'));
  for (const name of [modFile, modFile.replace(/\.mod$/, '.sum'), ...sources]) {
    // A module that needs no other has no sums.
    hash.update(name).update(await readFile(join(module, name)).catch(() => ''));
  }
  const name = basename(wanted === '.' ? module : wanted);
  const binary = join(cache, `${name}-${hash.digest('hex').slice(0, 16)}`);
  if (await stat(binary).catch(() => undefined)) return binary;
  await mkdir(join(cache, 'build'), { recursive: true });
  const unfinished = `${binary}.${process.pid}`;
  const flags = ['-buildvcs=false', '-trimpath', '-ldflags=-s -w', `-modfile=${modFile}`, '-o', unfinished];
  const env = { CGO_ENABLED: '0', GOCACHE: join(cache, 'build'), GOFLAGS: '-mod=readonly' };
  await runCommand('go', ['build', ...flags, wanted], { cwd: module, env });
  await rename(unfinished, binary);
  return binary;
}

/** Has a program answer cases, a line of JSON each, in their order. */
export async function askInLines<Answer>(binary: string, cases: readonly unknown[]): Promise<Answer[]> {
  const input = cases.map((each) => JSON.stringify(each)).join('\n');
  const { stdout } = await execa(binary, [], { input, maxBuffer: 1e9 });
  return stdout.split('\n').map((line) => JSON.parse(line) as Answer);
}
