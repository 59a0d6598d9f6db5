import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Fault } from '../../lib/fault/fault.ts';
import { readMatrix } from '../../lib/matrix/readMatrix.ts';
import type { Matrix } from '../../lib/matrix/types.ts';

export const DEBIAN = `
  - name: debian
    base: debian:bookworm
    manager: apt`;

export const SUBJECT = `
  - name: own
    dockerfile: Dockerfile
    worker-context: worker`;

/** A sound file, parts of which a test replaces. */
export function matrixText(
  parts: { platforms?: string; distros?: string; subjects?: string; more?: string } = {},
): string {
  const { platforms = '[linux/amd64]', distros = DEBIAN, subjects = SUBJECT, more = '' } = parts;
  return `platforms: ${platforms}\ndistros:${distros}\nsubjects:${subjects}\n${more}`;
}

/** The matrix that a file with this content is read as. */
export async function matrixOf(content: string | Uint8Array): Promise<Matrix> {
  const folder = await mkdtemp(path.join(tmpdir(), 'matrix-'));
  try {
    const file = path.join(folder, 'distros.yaml');
    await writeFile(file, content);
    return await readMatrix(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The complaints about such a file, each as `line:column message` and, after a bar, what to do next. */
export async function complaintsAbout(content: string | Uint8Array): Promise<string[]> {
  try {
    await matrixOf(content);
    return [];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error.complaints.map(({ message, place, next }) => {
      const where = `${place?.line ?? '?'}:${place?.column ?? '?'}`;
      return `${where} ${message}${next === undefined ? '' : ` | ${next}`}`;
    });
  }
}
