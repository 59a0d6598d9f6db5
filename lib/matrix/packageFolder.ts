import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where this program's own files are: the nearest folder with a package.json, whether it runs as it is written or as it is built. */
export const packageFolder: string = nearest(dirname(fileURLToPath(import.meta.url)));

function nearest(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error('platform-marker has no package.json above it');
  return nearest(above);
}
