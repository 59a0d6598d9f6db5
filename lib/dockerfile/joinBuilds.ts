import { nameStages, type StageBuild } from './nameStages.ts';
import type { Dockerfile } from './readDockerfile.ts';

/** One build of a Dockerfile, and what is made of its result. */
export interface JoinedBuild extends Omit<StageBuild, 'instead'> {
  dockerfile: Dockerfile;
  /** The Dockerfile that takes files out of the result, which is its stage `worker`, and its build arguments. */
  probe: { dockerfile: Dockerfile; args: Readonly<Record<string, string>> };
}

/** One Dockerfile that makes many builds at once. */
export interface JoinedDockerfile {
  text: string;
  contexts: Record<string, string>;
  /** The images that each build's stages name, by its prefix. */
  images: ReadonlyMap<string, readonly string[]>;
}

/**
 * One Dockerfile of many builds and their probes, whose result holds each build's probe in a folder called as its prefix.
 * All of them have to ask for the same frontend. Throws a RangeError where a build's stages cannot be named anew.
 */
export function joinBuilds(builds: readonly JoinedBuild[]): JoinedDockerfile {
  const contexts: Record<string, string> = {};
  const images = new Map<string, readonly string[]>();
  const stages: string[] = [];
  const gathered: string[] = ['FROM scratch'];
  for (const { dockerfile, probe, ...build } of builds) {
    const made = nameStages(dockerfile, build);
    const taken = nameStages(probe.dockerfile, {
      prefix: `${build.prefix}.probe`,
      args: probe.args,
      contexts: {},
      target: '',
      instead: { worker: made.result },
    });
    Object.assign(contexts, made.contexts);
    images.set(build.prefix, made.images);
    stages.push(made.text, taken.text);
    gathered.push(`COPY --from=${taken.result} / /${build.prefix}/`);
  }
  // Built by itself, a name that is no stage's is an image's; here it must not become another build's stage.
  const prefixes = builds.map(({ prefix }) => `${prefix}.`);
  const taken = [...images.values()]
    .flat()
    .find((image) => prefixes.some((prefix) => image.toLowerCase().startsWith(prefix)));
  if (taken !== undefined) throw new RangeError(`the image ${taken} is called as a stage of another build`);
  const [syntax] = builds.map(({ dockerfile }) => dockerfile.syntax);
  const head = syntax === undefined ? [] : [`# syntax=${syntax}\n`];
  return { text: [...head, ...stages, gathered.join('\n') + '\n'].join('\n'), contexts, images };
}
