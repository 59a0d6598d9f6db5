import { readFile } from 'node:fs/promises';
import { own } from './paths.ts';

/** This program's version, as its package.json has it. */
export async function toolVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(own.packageJson, 'utf8')) as { version: string };
  return version;
}
