import { readFile, writeFile } from 'node:fs/promises';

/** Writes a text where the file does not hold it already, so that its change time says since when it does. */
export async function writeChanged(file: string, text: string): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before !== text) await writeFile(file, text);
}
