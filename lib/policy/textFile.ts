import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { wrongInput } from '../fault/fault.ts';
import type { Fault } from '../fault/fault.ts';

/**
 * The text of a file with LF line ends, because a checkout with CRLF is no edit; undefined when there is no file.
 *
 * @throws {Fault} when what is there cannot be read.
 */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).replaceAll('\r\n', '\n');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw wrongInput({ message: `cannot be read: ${message}`, place: { file } });
  }
}

/**
 * Writes a file and the folders that it needs, all or nothing: a reader, or a run that is cut off, sees the old content or
 * the new one.
 *
 * @throws {Fault} when it cannot be written.
 */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(temporary, content);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw unwritable(file, error);
  }
}

/** The Fault (wrong input) for a file that cannot be written, or taken away. */
export function unwritable(file: string, error: unknown): Fault {
  const why = error instanceof Error ? error.message : String(error);
  return wrongInput({ message: `cannot be written: ${why}`, place: { file } });
}
