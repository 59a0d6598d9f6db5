import type { RemoteRepository } from '../registry/push/remoteRepository.ts';
import type { NodeAlone } from './builderNodes.ts';
import type { DockerCli } from './dockerCli.ts';
import type { EngineLife } from './engineLife.ts';

/** One of several machines of a builder. */
export interface BuilderNode extends NodeAlone {
  /** Of the machine itself, as the provenance of a build on it says. */
  platform: string;
  /** What builds on it are told that the build platform is: a node may be configured as another than it is. */
  buildPlatform: string;
}

/** A builder that this run uses: what is there, or the project's own engine. */
export interface Builder {
  kind: 'given' | 'own';
  /** As the report shows it: `own engine, sealed`, `default (docker)`. */
  name: string;
  /** The buildx driver: `docker`, `docker-container`, `remote`, `kubernetes`. */
  driver: string;
  /** The Docker CLI to call, and how buildx is called (see `DockerCli`). */
  docker: string;
  buildx: DockerCli['buildx'];
  /** Added to the environment of every call of the CLI. */
  env: Readonly<Record<string, string>>;
  /** Put before a command that has to share the builder's loopback, such as the marker registry. */
  enter: readonly string[];
  /** Where it pulls images of the run's own from, where it cannot from its loopback; it has been seen to. */
  registry?: RemoteRepository;
  /** Whether the builder has a binfmt_misc of its own, which holds nothing: no emulator of the host can be reached. */
  sealed: boolean;
  /** Whether nobody but this run can use it. */
  exclusive: boolean;
  /** Why it is not sealed, where that was asked for or could be expected. */
  unsealedBecause?: string;
  /** The build platform, `linux/amd64`; of several machines that of the first. */
  platform: string;
  /** Its machines, where it has several: what is built on more than one of them cannot be exported as an OCI layout. */
  nodes?: readonly BuilderNode[];
  versions: { buildx: string; buildkit: string };
  /** The version of BuildKit itself, `v0.25.2`, where buildx says it. */
  buildkit?: string;
  /** Of the project's own engine; a builder that was there is others' to look after. */
  life?: EngineLife;
  /** Ends what this run started; a builder that was there stays. */
  stop(): Promise<void>;
}
