import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { wrongInput } from '../fault/fault.ts';
import { readKnownContent } from './knownContent.ts';
import type { KnownContent } from './knownContent.ts';
import { isRepositoryName } from './routes.ts';

/** A repository: the layout behind a name. */
export interface Repository {
  /** Directory of the OCI layout. */
  layout: string;
  /** What can be had now. Read again when `index.json` has changed, so that a layout built anew is served anew. */
  content(): Promise<KnownContent>;
}

/**
 * Opens every layout once, so that a wrong one is found before anything is served.
 *
 * @param layouts repository name to layout directory.
 * @param onProblem told, once for each reading, what in a layout cannot be served.
 * @throws {Fault} for a name that is no repository name, and for a layout that cannot be read (also from `content`).
 */
export async function openRepositories(
  layouts: Readonly<Record<string, string>>,
  onProblem: (problem: string) => void,
): Promise<ReadonlyMap<string, Repository>> {
  const repositories = new Map<string, Repository>();
  for (const [name, layout] of Object.entries(layouts)) {
    if (!isRepositoryName(name)) {
      throw wrongInput({
        message: `"${name}" is not a repository name`,
        next: 'Use lower-case letters and digits, with single ".", "_", "-" or "/" between them',
      });
    }
    const repository = { layout, content: contentReader(layout, onProblem) };
    await repository.content();
    repositories.set(name, repository);
  }
  return repositories;
}

function contentReader(layout: string, onProblem: (problem: string) => void): () => Promise<KnownContent> {
  let last: { version: string; content: KnownContent } | undefined;
  return async () => {
    // Taken before the reading: a change in between shows as another version next time.
    const version = await versionOf(join(layout, 'index.json'));
    if (last !== undefined && last.version === version) return last.content;
    const content = await readKnownContent(layout);
    content.problems.forEach(onProblem);
    last = { version, content };
    return content;
  };
}

async function versionOf(file: string): Promise<string> {
  const stats = await stat(file, { bigint: true }).catch(() => undefined);
  return stats === undefined ? 'none' : `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}
