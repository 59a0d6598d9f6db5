import { mkdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { BakeWorker } from '../bake/bakeData.ts';
import { familiarName } from '../matrix/imageRef.ts';
import { resolveSubject } from '../matrix/subject.ts';
import type { Distro, DockerfileSource, Subject } from '../matrix/types.ts';
import type { Path } from '../proof/verdict.ts';
import { frontendArguments } from './frontend.ts';
import { writeChanged } from './writeChanged.ts';

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
  /** Where `writeBuildFiles` has put the build files of a frontend. */
  buildFiles: string;
  /** The folder of what is built: the probe's layout goes to `<out>/<path>/<distro>`. */
  out: string;
}

/**
 * The bake target of a subject by one path on one distro, and of its probe. By `worker-context` and `base-context` the
 * marker image is a named context; by `source-policy` nothing in the target speaks of it.
 */
export function makeWorker(request: WorkerRequest): BakeWorker {
  const { subject, distro, path, marker, installable, out } = request;
  const resolved = resolve(subject, distro, installable);
  const contexts: Record<string, string> = {};
  if (path === 'worker-context') contexts[resolved.workerContext] = marker;
  if (path === 'base-context') Object.assign(contexts, baseContexts(distro, marker));
  const installs = installable && path !== 'worker-context' && 'INSTALL' in resolved.args;
  return {
    name: `${path}-${distro.name}`,
    ...sourceOf(resolved, request),
    target: resolved.target ?? '',
    contexts,
    platforms: distro.platforms,
    probe: installs ? { PROGRAM: asPattern(distro.program) } : {},
    out: join(out, path, distro.name),
  };
}

/** The base as a named context: the Dockerfile frontend looks for an image's short name, others for the one they wrote. */
export function baseContexts({ ref, baseRef }: Distro, image: string): Record<string, string> {
  return { [familiarName(ref)]: image, [baseRef]: image };
}

/** Writes the build file that a frontend is given for each distro, below `folder`; a Dockerfile needs none. */
export async function writeBuildFiles(
  subject: Subject,
  installable: ReadonlyMap<Distro, boolean>,
  folder: string,
): Promise<void> {
  for (const [distro, real] of installable) {
    const { source } = resolve(subject, distro, real);
    if (source.kind !== 'frontend') return;
    await mkdir(join(folder, distro.name), { recursive: true });
    await writeChanged(join(folder, distro.name, 'Dockerfile'), source.buildFile);
  }
}

function resolve(subject: Subject, distro: Distro, installable: boolean): Subject {
  return resolveSubject(subject, distro, installable ? 'real' : 'stand-in');
}

function sourceOf(
  { source, args }: Subject,
  { project, buildFiles, distro }: WorkerRequest,
): Pick<BakeWorker, 'context' | 'dockerfile' | 'args'> {
  if (source.kind === 'frontend') {
    return {
      context: join(buildFiles, distro.name),
      dockerfile: 'Dockerfile',
      args: { ...args, ...frontendArguments(source.frontend) },
    };
  }
  return { ...dockerfilePlace(source, project), args };
}

/** The build context of a Dockerfile, which is its folder, and its name in there. `project` is what it is relative to. */
export function dockerfilePlace(
  { dockerfile }: DockerfileSource,
  project: string,
): { context: string; dockerfile: string } {
  const file = isAbsolute(dockerfile) ? dockerfile : join(project, dockerfile);
  return { context: dirname(file), dockerfile: basename(file) };
}

/** A path that COPY may find nothing for, folders included: the last character of each part as a set of one. */
function asPattern(path: string): string {
  return path.replace(/[^/](?=\/|$)/g, '[$&]');
}
