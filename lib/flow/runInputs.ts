import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { resolveSubject } from '../matrix/subject.ts';
import type { Distro, Subject } from '../matrix/types.ts';
import { sha256 } from '../oci/digest.ts';
import type { Path } from '../proof/verdict.ts';
import type { ReportInputs } from '../report/schema.ts';
import type { Frontend } from './frontend.ts';
import { dockerfilePlace } from './workers.ts';

/** What `runInputs` makes digests of. */
interface InputFiles {
  /** The folder that a subject's files are relative to. */
  project: string;
  /** distros.yaml and the folder of the policies. */
  matrix: string;
  policies: string;
  /** docker-bake.hcl and the folder of the Dockerfiles. */
  bakeFile: string;
  stages: string;
}

/**
 * Digests of what a run verifies, the same on every machine for the same: no path of this one goes into them. `distros`
 * are all that were asked for, whichever shard of them is verified here. Of a subject's build context only the Dockerfile
 * is in it, for the rest may hold what is no input.
 */
export async function runInputs(
  files: InputFiles,
  run: {
    distros: readonly Distro[];
    paths: readonly Path[];
    subject: Subject;
    frontend: Frontend | undefined;
    allowEmulator: boolean;
  },
): Promise<ReportInputs> {
  const { distros, paths, subject, frontend, allowEmulator } = run;
  const policies = distros.map(({ name }) => join(files.policies, `${name}.json`));
  return {
    matrix: await digestOf([files.matrix], dirname(files.matrix)),
    policies: paths.includes('source-policy') ? await digestOf(policies, files.policies) : null,
    subject: await subjectDigest(subject, distros, files.project),
    stages: await digestOf([files.bakeFile, ...(await stageFiles(files.stages))], dirname(files.stages)),
    frontend:
      frontend === undefined
        ? null
        : frontend.kind === 'image'
          ? frontend.ref
          : await digestOf([join(frontend.layout, 'index.json')], frontend.layout),
    allowEmulator,
  };
}

/** Of files' names below a folder and their bytes, in the order of their names. One that is not there counts as that. */
async function digestOf(paths: readonly string[], folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const path of [...new Set(paths)].sort()) {
    const bytes = await readFile(path).catch(() => undefined);
    hash.update(`${relative(folder, path)}\0${bytes?.length ?? 'none'}\0`).update(bytes ?? '');
  }
  return `sha256:${hash.digest('hex')}`;
}

async function subjectDigest(subject: Subject, distros: readonly Distro[], project: string): Promise<string> {
  const dockerfiles = distros.flatMap((distro) => {
    const { source } = resolveSubject(subject, distro, 'stand-in');
    if (source.kind === 'frontend') return [];
    const { context, dockerfile } = dockerfilePlace(source, project);
    return [join(context, dockerfile)];
  });
  const texts = await Promise.all(
    [...new Set(dockerfiles)].map((file) => readFile(file, 'utf8').catch(() => null)),
  );
  // A person's own Dockerfile is named by its path, which another machine has elsewhere.
  const { source, target, workerContext, args } = subject;
  const made = source.kind === 'frontend' ? source : texts;
  const of = JSON.stringify([made, target ?? null, workerContext, Object.entries(args)]);
  return sha256(of);
}

/** Those that a person writes: the markers beside them follow from distros.yaml. */
async function stageFiles(stages: string): Promise<string[]> {
  const names = await readdir(stages, { recursive: true });
  return names.filter((name) => name.split(sep)[0] !== 'marker').map((name) => join(stages, name));
}
