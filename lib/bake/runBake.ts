import { runBuildx } from '../engine/buildx.ts';
import type { Builder } from '../engine/builder.ts';
import type { LineRewriter } from '../engine/command.ts';
import { CommandError } from '../engine/commandError.ts';
import { startBakeLog } from '../progress/bakeLog.ts';
import type { BakeWatch, Progress } from '../progress/progress.ts';
import { readSolveStatus } from '../progress/solveStatus.ts';

/**
 * A race of BuildKit's (moby/buildkit#6808): a build that is cancelled beside another can take away a snapshot that the
 * cache still names, and every later build that comes upon it fails. No subject can be the cause.
 */
const LOST_SNAPSHOT = /failed to commit .*snapshot .* does not exist: not found/;

/** One call of `docker buildx bake`. */
export interface BakeCall {
  /** Bake files, later ones over earlier ones. */
  files: readonly string[];
  targets: readonly string[];
  /** The targets that the one target stands for, where it builds what others would. */
  standsFor?: readonly string[];
  /** Where buildx writes its metadata, with the provenance of every target; only a bake that succeeds writes it. */
  metadataFile?: string;
  /** The one source policy of the call. */
  policyFile?: string | undefined;
  /** Overrides of single fields, `<target>.<field>=<value>`. */
  set?: readonly string[];
  /** Builds every step again. */
  noCache?: boolean;
  /** Is told that the builder has lost a part of its cache, and that all is built again without it. */
  onLostCache?: () => void;
  /** Is told what the build does. */
  progress?: Progress | undefined;
  signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call. */
  timeout?: number | undefined;
}

/**
 * Runs `docker buildx bake` on a builder. Returns its log as text, which is made of BuildKit's events; throws CommandError
 * with that log, and with buildx's own words at its end, when a target fails. A builder that has lost a part of its cache builds
 * once more without it.
 * The files of this project read only what the person's own folder holds, so bake's question about that is answered.
 */
export async function runBake(builder: Builder, call: BakeCall): Promise<string> {
  return bakeOnce(builder, call).catch((error: unknown) => {
    if (!(error instanceof CommandError) || !LOST_SNAPSHOT.test(error.output)) throw error;
    call.onLostCache?.();
    return bakeOnce(builder, { ...call, noCache: true });
  });
}

async function bakeOnce(builder: Builder, call: BakeCall): Promise<string> {
  const args = [
    ...['bake', '--progress=rawjson', '--allow=fs=*'],
    ...call.files.flatMap((file) => ['--file', file]),
    ...(call.metadataFile === undefined ? [] : ['--metadata-file', call.metadataFile]),
    ...(call.set ?? []).flatMap((override) => ['--set', override]),
    ...(call.noCache === true ? ['--no-cache'] : []),
    ...call.targets,
  ];
  const env = {
    BUILDX_METADATA_PROVENANCE: 'max',
    // Attestations in the layouts prove nothing here, and several writers of them make buildx print false errors.
    BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
    EXPERIMENTAL_BUILDKIT_SOURCE_POLICY: call.policyFile,
    // Bake takes a variable from the environment before the one in the file.
    DISTROS: undefined,
    WORKERS: undefined,
    STAGES: undefined,
    NO_COLOR: '1',
  };
  const watch = call.progress?.bake(call.targets, call.standsFor);
  try {
    const { signal, timeout } = call;
    const { output } = await runBuildx(builder, args, { env, signal, timeout, errorLines: asLog(watch) });
    return output;
  } finally {
    watch?.end();
  }
}

/** Events become the lines of a log; what is none stays as it is, behind what the steps that failed had printed. */
function asLog(watch: BakeWatch | undefined): LineRewriter {
  const log = startBakeLog();
  const told = (lines: readonly string[]) => {
    if (watch !== undefined) lines.forEach(watch.line);
    return lines;
  };
  return {
    line: (text) => {
      const status = readSolveStatus(text);
      if (status === undefined) return told([...log.failures(), text]);
      watch?.status(status);
      return told(log.add(status));
    },
    end: () => told(log.failures()),
  };
}
