import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MARKER_REGISTRY } from '../policy/generatePolicy.ts';
import { writeChanged } from './writeChanged.ts';

/**
 * The file that BuildKit reads as a distro's source policy: the person's own as it stands on disk, or, where the markers
 * are served at another address (`host:port`, or `host:port/prefix`) than policies name, a copy with that address put in
 * and nothing else changed. `name` tells copies for different addresses apart.
 */
export async function policyForRun(options: {
  file: string;
  address: string;
  copies: string;
  name: string;
}): Promise<string> {
  const { file, address, copies, name } = options;
  if (address === MARKER_REGISTRY) return file;
  await mkdir(copies, { recursive: true });
  const copy = join(copies, `${name}.json`);
  await writeChanged(copy, (await readFile(file, 'utf8')).replaceAll(`${MARKER_REGISTRY}/`, `${address}/`));
  return copy;
}
