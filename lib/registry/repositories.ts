import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { wrongInput } from '../fault/fault.ts';
import { openLayout } from '../oci/blobs.ts';
import type { Layout } from '../oci/blobs.ts';
import { LayoutError } from '../oci/layoutError.ts';
import { readKnownContent } from './knownContent.ts';
import type { KnownContent } from './knownContent.ts';
import { isRepositoryName } from './routes.ts';

/** What a repository has at one time. */
export interface Served extends KnownContent {
  layout: Layout;
}

/** A repository: the layout behind a name. */
export interface Repository {
  /** Reads the layout again when its `index.json` has changed, so that one built anew is served anew. */
  current(): Promise<Served>;
}

/**
 * Opens every layout once, so that a wrong one is found before anything is served.
 *
 * @param directories repository name to the directory of its OCI layout.
 * @param onProblem told, once for each reading, what in a layout cannot be served.
 * @throws {Fault} for a name that is no repository name, and for a layout that cannot be read (also from `current`).
 */
export async function openRepositories(
  directories: Readonly<Record<string, string>>,
  onProblem: (problem: string) => void,
): Promise<ReadonlyMap<string, Repository>> {
  const repositories = new Map<string, Repository>();
  for (const [name, directory] of Object.entries(directories)) {
    if (!isRepositoryName(name)) {
      throw wrongInput({
        message: `"${name}" is not a repository name`,
        next: 'Use lower-case letters and digits, with single ".", "_", "-" or "/" between them',
      });
    }
    const repository = openRepository(directory, onProblem);
    await repository.current();
    repositories.set(name, repository);
  }
  return repositories;
}

function openRepository(directory: string, onProblem: (problem: string) => void): Repository {
  let last: { version: string; served: Served } | undefined;
  return {
    async current() {
      // Taken before the reading: a change in between shows as another version next time.
      const version = await versionOf(join(directory, 'index.json'));
      if (last?.version !== version) {
        const served = await read(directory);
        served.problems.forEach(onProblem);
        last = { version, served };
      }
      return last.served;
    },
  };
}

async function read(directory: string): Promise<Served> {
  try {
    // A directory: there is nothing to close.
    const layout = await openLayout(directory);
    return { layout, ...(await readKnownContent(layout)) };
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    throw wrongInput({ message: error.message, next: 'Build the layout again: docker buildx bake marker' });
  }
}

async function versionOf(file: string): Promise<string> {
  const stats = await stat(file, { bigint: true }).catch(() => undefined);
  return stats === undefined ? 'none' : `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}
