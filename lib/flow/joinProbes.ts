import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BakeWorker } from '../bake/bakeData.ts';
import { formatBakeTarget } from '../bake/bakeTarget.ts';
import { joinBuilds, type JoinedBuild } from '../dockerfile/joinBuilds.ts';
import { readDockerfile, type Dockerfile } from '../dockerfile/readDockerfile.ts';
import { writeContextFile } from '../engine/contextFile.ts';
import { formatPolicy } from '../policy/generatePolicy.ts';
import type { ProbeGroup } from './buildProbes.ts';
import { mergePolicies, type MergedPolicy } from './mergePolicies.ts';

/** A worker and the group that it was asked for in. */
export interface Member {
  worker: BakeWorker;
  group: ProbeGroup;
}

/** Workers whose probes are built in one solve. */
export interface JoinedProbes {
  name: string;
  members: readonly Member[];
  platforms: readonly string[];
  /** The images that the stages of each worker name, by the worker's name. */
  images: ReadonlyMap<string, readonly string[]>;
  /** One of several distros, or the one that all members were to be built under. */
  policy: { file: string | undefined; merged?: MergedPolicy };
}

/** What bake is told to build for them. */
export interface JoinedTarget {
  bakeFile: string;
  target: string;
  /** The layout that holds each worker's probe in a folder called as the worker. */
  layout: string;
  policyFile: string | undefined;
}

/** So many probes in one solve: more cost BuildKit more than another solve does. */
const MEMBERS_MAX = 32;

/** Workers that can be built together, and the groups of those that cannot. */
export interface JoinPlan {
  joined: JoinedProbes[];
  apart: ProbeGroup[];
}

/**
 * Sorts workers into solves: those of Dockerfiles in one build context, for the same platforms, under the same policy or
 * under policies that do not touch each other's sources. Frontends that are images build their workers by themselves.
 */
export async function planJoined(groups: readonly ProbeGroup[], files: DockerfileReader): Promise<JoinPlan> {
  const sets = new Map<string, Member[]>();
  const apart: ProbeGroup[] = [];
  for (const group of groups) {
    const left: BakeWorker[] = [];
    for (const worker of group.workers) {
      const key = await keyOf(worker, group, files);
      if (key === undefined) left.push(worker);
      else sets.set(key, [...(sets.get(key) ?? []), { worker, group }]);
    }
    if (left.length > 0) apart.push({ ...group, workers: left });
  }
  const joined: JoinedProbes[] = [];
  for (const members of sets.values()) {
    for (let at = 0; at < members.length; at += MEMBERS_MAX) {
      const some = members.slice(at, at + MEMBERS_MAX);
      const { images } = await joinedDockerfile(some, files);
      for (const { members: together, merged } of mergePolicies(some, images)) {
        const [first] = together;
        if (first === undefined) continue;
        joined.push({
          name: `together-${joined.length + 1}`,
          members: together,
          platforms: first.worker.platforms,
          images,
          policy: merged === undefined ? { file: first.group.policyFile } : { file: undefined, merged },
        });
      }
    }
  }
  return { joined, apart };
}

/** Reads each Dockerfile once. */
export interface DockerfileReader {
  probe: Dockerfile;
  read: (worker: BakeWorker) => Promise<Dockerfile>;
}

/** `probe` is the file of the probe's Dockerfile. */
export async function dockerfileReader(probe: string): Promise<DockerfileReader> {
  const known = new Map<string, Promise<Dockerfile>>();
  const read = (file: string) => {
    const reading = known.get(file) ?? readFile(file, 'utf8').then(readDockerfile);
    known.set(file, reading);
    return reading;
  };
  return { probe: await read(probe), read: (worker) => read(join(worker.context, worker.dockerfile)) };
}

/** What workers have to have in common to be built together; undefined for one that has to be built by itself. */
async function keyOf(
  worker: BakeWorker,
  group: ProbeGroup,
  files: DockerfileReader,
): Promise<string | undefined> {
  try {
    const dockerfile = await files.read(worker);
    joinBuilds([buildOf(worker, dockerfile, files)]);
    const policy = group.rules === undefined ? group.name : '';
    const ignore = ignoreFileOf(worker) ?? '';
    return JSON.stringify([worker.context, ignore, dockerfile.syntax, worker.platforms, policy]);
  } catch (error) {
    // What the Dockerfile has that cannot be joined, or why it cannot be read: built by itself, it is BuildKit that says so.
    if (error instanceof RangeError || (error as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw error;
  }
}

function buildOf(worker: BakeWorker, dockerfile: Dockerfile, files: DockerfileReader): JoinedBuild {
  return {
    prefix: worker.name,
    dockerfile,
    args: worker.args,
    contexts: worker.contexts,
    target: worker.target,
    probe: { dockerfile: files.probe, args: worker.probe },
  };
}

async function joinedDockerfile(members: readonly Member[], files: DockerfileReader) {
  const builds = members.map(async ({ worker }) => buildOf(worker, await files.read(worker), files));
  return joinBuilds(await Promise.all(builds));
}

/** The ignore file of a Dockerfile's own, which goes before the context's (BuildKit `frontend/dockerui/config.go`). */
function ignoreFileOf({ context, dockerfile }: BakeWorker): string | undefined {
  const file = join(context, `${dockerfile}.dockerignore`);
  return existsSync(file) ? file : undefined;
}

/** Writes what bake needs to build some of the members together, below `folder`. */
export async function writeJoined(
  { name, platforms, policy }: JoinedProbes,
  members: readonly Member[],
  files: DockerfileReader,
  folder: string,
): Promise<JoinedTarget> {
  const place = join(folder, name);
  await mkdir(place, { recursive: true });
  const { text, contexts } = await joinedDockerfile(members, files);
  const dockerfile = join(place, 'Dockerfile');
  await writeContextFile(dockerfile, text);
  const [first] = members;
  const ignore = first === undefined ? undefined : ignoreFileOf(first.worker);
  if (ignore !== undefined) await writeContextFile(`${dockerfile}.dockerignore`, await readFile(ignore));
  const layout = join(place, 'layout');
  const bakeFile = join(place, 'bake.json');
  const context = first?.worker.context ?? '';
  await writeFile(
    bakeFile,
    formatBakeTarget(name, { context, dockerfile, contexts, platforms, out: layout }),
  );
  if (policy.merged === undefined) return { bakeFile, target: name, layout, policyFile: policy.file };
  const policyFile = join(place, 'policy.json');
  await writeFile(policyFile, formatPolicy(policy.merged.rules));
  return { bakeFile, target: name, layout, policyFile };
}
