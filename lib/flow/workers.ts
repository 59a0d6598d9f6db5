import { basename, dirname, isAbsolute, join } from 'node:path';
import type { BakeWorker } from '../bake/bakeData.ts';
import { resolveSubject } from '../matrix/subject.ts';
import { familiarName } from '../matrix/imageRef.ts';
import type { Distro, Subject } from '../matrix/types.ts';
import type { Path } from '../proof/verdict.ts';

/** What a worker target is made from. */
export interface WorkerRequest {
  subject: Subject;
  distro: Distro;
  path: Path;
  /** The marker image as a named context: `oci-layout://<folder>@<digest>`. */
  marker: string;
  /** Whether the base holds the distro's own packages. */
  installable: boolean;
  /** The folder that a subject's files are relative to. */
  project: string;
  /** The folder of what is built: the probe's layout goes to `<out>/<path>/<distro>`. */
  out: string;
}

/**
 * The bake target of a subject by one path on one distro, and of its probe. By `worker-context` and `base-context` the
 * marker image is a named context; by `source-policy` nothing in the target speaks of it.
 */
export function makeWorker({
  subject,
  distro,
  path,
  marker,
  installable,
  project,
  out,
}: WorkerRequest): BakeWorker {
  const resolved = resolveSubject(subject, distro, installable ? 'real' : 'stand-in');
  const contexts: Record<string, string> = {};
  if (path === 'worker-context') contexts[resolved.workerContext] = marker;
  if (path === 'base-context') contexts[familiarName(distro.ref)] = marker;
  const installs = installable && path !== 'worker-context' && 'INSTALL' in resolved.args;
  return {
    name: `${path}-${distro.name}`,
    ...source(resolved, project),
    target: resolved.target ?? '',
    args: resolved.args,
    contexts,
    platforms: distro.platforms,
    probe: installs ? { PROGRAM: asPattern(distro.program) } : {},
    out: join(out, path, distro.name),
  };
}

function source({ source }: Subject, project: string): { context: string; dockerfile: string } {
  if (source.kind !== 'dockerfile') throw new Error('frontends are not built here yet');
  const file = isAbsolute(source.dockerfile) ? source.dockerfile : join(project, source.dockerfile);
  return { context: dirname(file), dockerfile: basename(file) };
}

/** A path that COPY may find nothing for: its last character as a set of one. */
function asPattern(path: string): string {
  return path.replace(/(.)$/, '[$1]');
}
