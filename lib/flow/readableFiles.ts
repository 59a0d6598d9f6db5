import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { NOTHING_IGNORED, parseDockerignore, type Ignored } from './dockerignore.ts';

/** What a build can read: a file, or a folder as the build context of a Dockerfile. */
export type Readable = { file: string } | { context: string; dockerfile: string };

/** The files of what a build can read, as they are on disk. */
export interface FileVersions {
  /**
   * By path: what changes with every write (`fileVersion`). A file that is not there is among them, and a folder of a
   * context, with a separator behind its name.
   */
  files: ReadonlyMap<string, string>;
  /** Every folder that has one of them in it, or could. */
  folders: ReadonlySet<string>;
}

/**
 * What says of a file whether it has been written since: its inode, size and change time, which no program can set back.
 * A link is followed. `none` where there is no such file.
 */
export async function fileVersion(file: string): Promise<string> {
  return versionOf(await stat(file, { bigint: true }).catch(() => undefined));
}

/**
 * Looks at all files that a build can read: of a context what its .dockerignore lets through. `leaveOut` holds paths
 * that are not looked at, nor what is below them.
 */
export async function readVersions(
  readables: readonly Readable[],
  leaveOut: readonly string[] = [],
): Promise<FileVersions> {
  const files = new Map<string, string>();
  const folders = new Set<string>();
  for (const readable of readables) {
    if ('file' in readable) {
      await lookAtFile(readable.file, { files, folders });
      continue;
    }
    const { context, dockerfile } = readable;
    const names = [`${dockerfile}.dockerignore`, '.dockerignore'];
    for (const name of [dockerfile, ...names]) await lookAtFile(join(context, name), { files, folders });
    const ignored = await readIgnored(context, names);
    await lookBelow(context, { context, ignored, leaveOut, files, folders });
  }
  return { files, folders };
}

type Found = { files: Map<string, string>; folders: Set<string> };

/** A link may lead to another folder, in which the file that it names is written. */
async function lookAtFile(file: string, { files, folders }: Found): Promise<void> {
  files.set(file, await fileVersion(file));
  folders.add(dirname(file));
  const real = await realpath(file).catch(() => file);
  folders.add(dirname(real));
}

/** The first of the two files that is there counts (BuildKit `frontend/dockerui/config.go`). */
async function readIgnored(context: string, names: readonly string[]): Promise<Ignored> {
  for (const name of names) {
    const text = await readFile(join(context, name), 'utf8').catch(() => undefined);
    if (text !== undefined) return parseDockerignore(text);
  }
  return NOTHING_IGNORED;
}

async function lookBelow(
  folder: string,
  walk: Found & { context: string; ignored: Ignored; leaveOut: readonly string[] },
): Promise<void> {
  const { context, ignored, leaveOut, files, folders } = walk;
  folders.add(folder);
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (leaveOut.includes(path)) return;
      const isIgnored = ignored.has(relative(context, path).replaceAll(sep, '/'));
      if (entry.isDirectory()) {
        if (!isIgnored) files.set(path + sep, '');
        if (!isIgnored || !ignored.wholeFolders) await lookBelow(path, walk);
        return;
      }
      // Of a link its own version: what it leads to is in the context too, or out of the build's reach.
      if (!isIgnored && !files.has(path)) {
        files.set(path, versionOf(await lstat(path, { bigint: true }).catch(() => undefined)));
      }
    }),
  );
}

function versionOf(stats: { ino: bigint; size: bigint; ctimeNs: bigint } | undefined): string {
  return stats === undefined ? 'none' : `${stats.ino}:${stats.size}:${stats.ctimeNs}`;
}
