import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Readable } from '../flow/readableFiles.ts';
import { dockerfilePlace } from '../flow/workers.ts';
import { formatShard } from '../matrix/shard.ts';
import { resolveSubject } from '../matrix/subject.ts';
import type { Distro, Subject } from '../matrix/types.ts';
import { policyOf } from './lintedDistros.ts';
import { own, project } from './paths.ts';
import type { RunPlan } from './runPlan.ts';
import type { VerifyOptions } from './verifyOptions.ts';

/** `debian-bookworm (6 cells)`, `all 14 distros (84 cells)`. */
export function describePlan({ distros, paths, shard }: RunPlan, { distros: named }: VerifyOptions): string {
  const cells = distros.flatMap(({ platforms }) => platforms).length * paths.length;
  const isAll = named.length === 0 && distros.length > 1 && shard === undefined;
  const names = isAll ? `all ${distros.length} distros` : distros.map(({ name }) => name).join(', ');
  const of = shard === undefined ? '' : `shard ${formatShard(shard)}: `;
  return `${of}${names} (${cells} cells)`;
}

/** Every file that the outcome of such a round depends on, and that a person edits. */
export async function watchedFiles(
  { rows, paths, subject }: RunPlan,
  { frontend }: VerifyOptions,
): Promise<Readable[]> {
  const stages = ['marker', 'probe', 'control', 'canary'].map((name) =>
    join(own.stages, `${name}.Dockerfile`),
  );
  const policies = paths.includes('source-policy') ? rows.map(policyOf) : [];
  const files = [project.distros, own.bakeFile, ...stages, ...policies, ...(await frontendFiles(frontend))];
  return [...files.map((file) => ({ file })), ...rows.flatMap((row) => contextOf(subject, row))];
}

/**
 * What is written last when a frontend of the person's own is: the binary or tar, or a layout's index. What is not there
 * may be between two builds of it; an image's reference is no file's name, and never there.
 */
export async function frontendFiles(given: string | undefined): Promise<string[]> {
  if (given === undefined) return [];
  const path = resolve(given);
  const found = await stat(path).catch(() => undefined);
  return [found?.isDirectory() === true ? join(path, 'index.json') : path];
}

function contextOf(subject: Subject, distro: Distro): Readable[] {
  const { source } = resolveSubject(subject, distro, 'stand-in');
  return source.kind === 'frontend' ? [] : [dockerfilePlace(source, project.folder)];
}
