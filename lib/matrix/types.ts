/** Package managers that the built-in subject knows how to drive. */
export type Manager = 'apt' | 'dnf' | 'microdnf' | 'tdnf';

/** An image reference in its normalized form: the domain is always there, and so is a tag or a digest (or both). */
export interface ImageRef {
  /** Registry host with its port, if any: `docker.io`, `[::1]:5000`. */
  domain: string;
  /** Repository without the domain: `library/debian`. */
  path: string;
  tag?: string;
  /** `sha256:` and hex. */
  digest?: string;
}

/** The fields of os-release(5) that a stand-in for a distro's base carries. */
export interface OsRelease {
  ID: string;
  VERSION_ID: string;
  PRETTY_NAME: string;
}

/** A row of `distros`. */
export interface Distro {
  /** Also a bake target's, a file's and a repository's name: `debian-bookworm`. */
  name: string;
  ref: ImageRef;
  /** `ref` as text: `docker.io/library/debian:bookworm`. Tag and digest are both kept where both were written. */
  baseRef: string;
  manager: Manager;
  /** What dalec calls the distro: `bookworm`. */
  key: string;
  /** Normalized, at least one, in the order of the file: `linux/amd64`. */
  platforms: readonly string[];
  /** What dnf takes as `--releasever`. */
  release?: string;
  /** The small package that the built-in subject installs. */
  package: string;
  /** Absolute path of an ELF program that comes with `package`. */
  program: string;
  osRelease: OsRelease;
  /** There only where the base can be made from Debian's own packages. */
  bootstrap?: { suite: string };
}

/**
 * A row of `subjects`: what turns a base into a worker image. Its texts may hold placeholders, such as `{key}`, until
 * `resolveSubject` fills them for a distro.
 */
export interface Subject {
  name: string;
  source: DockerfileSource | FrontendSource;
  /** Absent: the last stage, or what the frontend builds by default. */
  target?: string;
  /** The named context that takes the worker's place on the path `worker-context`. */
  workerContext: string;
  /** Build arguments. */
  args: Readonly<Record<string, string>>;
}

/** The Dockerfile's path is relative to the folder of `distros.yaml`, or absolute; its folder is the build context. */
export interface DockerfileSource {
  kind: 'dockerfile';
  dockerfile: string;
}

/** `frontend` is an image reference; `buildFile` is the text of the file that the frontend is given. */
export interface FrontendSource {
  kind: 'frontend';
  frontend: string;
  buildFile: string;
}

/** All of `distros.yaml`. */
export interface Matrix {
  distros: readonly Distro[];
  /** At least one; the first is the default. */
  subjects: readonly Subject[];
}
