/** A step of a build. The same digest comes under several names where targets share a step. */
export interface Vertex {
  digest: string;
  /** bake puts the target in front where there are several: `[probe-a linux/arm64 stage-1 1/3] COPY …`. */
  name?: string;
  /** RFC 3339, as all times here. */
  started?: string;
  completed?: string;
  cached?: boolean;
  error?: string;
  /** The steps of a group are shown by its name. */
  progressGroup?: { id?: string; name?: string };
}

/** How far a part of a step is, such as a layer that is pulled. */
export interface VertexStatus {
  id: string;
  vertex: string;
  /** In bytes; absent where nobody knows. */
  total?: number;
  current?: number;
  timestamp?: string;
  started?: string;
  completed?: string;
}

/** What a step printed: a chunk, which may end within a line or a letter. */
export interface VertexLog {
  vertex: string;
  /** Base64. */
  data: string;
  timestamp: string;
}

/** What a frontend warns of; `short` is base64. */
export interface VertexWarning {
  vertex: string;
  short?: string;
}

/** One line of `--progress=rawjson` (moby/buildkit `client/graph.go`, SolveStatus). */
export interface SolveStatus {
  vertexes: readonly Vertex[];
  statuses: readonly VertexStatus[];
  logs: readonly VertexLog[];
  warnings: readonly VertexWarning[];
}

const KEYS: readonly string[] = ['vertexes', 'statuses', 'logs', 'warnings'];

/**
 * Reads a line of buildx's standard error; undefined for one that is text, such as the error it ends with. Entries that
 * lack what tells them apart are left out, and keys that are not known are passed over.
 */
export function readSolveStatus(line: string): SolveStatus | undefined {
  if (!line.startsWith('{')) return undefined;
  let read: unknown;
  try {
    read = JSON.parse(line);
  } catch {
    return undefined;
  }
  const fields = read as Readonly<Record<string, unknown>>;
  const names = Object.keys(fields);
  // buildx prints `{}` where all that a line would have said has been said.
  if (names.length > 0 && !names.some((name) => KEYS.includes(name))) return undefined;
  return {
    vertexes: entries<Vertex>(fields['vertexes'], 'digest'),
    statuses: entries<VertexStatus>(fields['statuses'], 'vertex', 'id'),
    logs: entries<VertexLog>(fields['logs'], 'vertex', 'data', 'timestamp'),
    warnings: entries<VertexWarning>(fields['warnings'], 'vertex'),
  };
}

function entries<Entry>(list: unknown, ...texts: readonly string[]): Entry[] {
  if (!Array.isArray(list)) return [];
  return list.filter(
    (entry: unknown): entry is Entry =>
      typeof entry === 'object' &&
      entry !== null &&
      texts.every((key) => typeof (entry as Record<string, unknown>)[key] === 'string'),
  );
}
