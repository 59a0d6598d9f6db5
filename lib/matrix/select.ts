import { stat } from 'node:fs/promises';
import path from 'node:path';
import { suggestion } from '../fault/didYouMean.ts';
import type { Complaint } from '../fault/fault.ts';
import { wrongInput } from '../fault/fault.ts';
import { formatPlatform, parsePlatform } from '../oci/platform.ts';
import type { Distro, Matrix, Subject } from './types.ts';

/** `a, b` as people write it in `DISTRO=…` is `['a', 'b']`; nothing is the empty list. */
export function splitNames(list: string | undefined): string[] {
  return (list ?? '').split(/[\s,]+/).filter((name) => name !== '');
}

/**
 * The distros of these names, in the order of the file. No names means all.
 *
 * @throws {Fault} that names each distro that does not exist, with a guess at what was meant.
 */
export function selectDistros(matrix: Matrix, names: readonly string[]): Distro[] {
  const known = matrix.distros.map((distro) => distro.name);
  refuseUnknown('distro', names, known);
  return matrix.distros.filter((distro) => names.length === 0 || names.includes(distro.name));
}

/**
 * The distros with their platforms narrowed to those wanted; a distro that has none of them is left out. No platforms
 * means all.
 *
 * @throws {Fault} for what is no platform, and for a platform that none of the distros has.
 */
export function selectPlatforms(distros: readonly Distro[], wanted: readonly string[]): Distro[] {
  if (wanted.length === 0) return [...distros];
  const known = [...new Set(distros.flatMap((distro) => distro.platforms))];
  const names = wanted.map(normalized);
  refuseUnknown('platform', names, known, '`platforms:` in distros.yaml takes others');
  return distros
    .map((distro) => ({ ...distro, platforms: distro.platforms.filter((name) => names.includes(name)) }))
    .filter((distro) => distro.platforms.length > 0);
}

/**
 * The subject that is wanted: by its name, or a person's own Dockerfile by its path, which then gets the base as `BASE` and
 * the context name of the matrix's first Dockerfile subject, and builds its last stage. Undefined means the first.
 *
 * @throws {Fault} when it is neither.
 */
export async function selectSubject(matrix: Matrix, wanted: string | undefined): Promise<Subject> {
  const name = wanted ?? matrix.subjects[0]?.name ?? '';
  const found = matrix.subjects.find((subject) => subject.name === name);
  if (found !== undefined) return found;
  if (await isFile(name)) {
    const model = matrix.subjects.find((subject) => subject.source.kind === 'dockerfile');
    return {
      name,
      source: { kind: 'dockerfile', dockerfile: path.resolve(name) },
      workerContext: model?.workerContext ?? 'worker',
      // Not the default subject's other arguments: what they ask for, such as an install, is then asked of the worker too.
      args: { BASE: '{base}' },
    };
  }
  const known = matrix.subjects.map((subject) => subject.name);
  throw wrongInput(unknown('subject', name, known, 'or the path of a Dockerfile'));
}

function refuseUnknown(what: string, names: readonly string[], known: readonly string[], or = ''): void {
  const missing = [...new Set(names)].filter((name) => !known.includes(name));
  if (missing.length > 0) throw wrongInput(missing.map((name) => unknown(what, name, known, or)));
}

function unknown(what: string, name: string, known: readonly string[], or = ''): Complaint {
  return {
    message: `there is no ${what} "${name}"${suggestion(name, known)}`,
    next: `there are: ${known.join(', ')}${or === '' ? '' : `; ${or}`}`,
  };
}

function normalized(platform: string): string {
  try {
    return formatPlatform(parsePlatform(platform));
  } catch (error) {
    throw wrongInput({ message: error instanceof Error ? error.message : String(error) });
  }
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
