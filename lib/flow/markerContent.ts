import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeContextFile } from '../engine/contextFile.ts';
import { MARKER_FILE, SEAL_FILE } from '../oci/markerFiles.ts';

/** What goes beside a base into a marker image of one platform. */
export interface MarkerContent {
  marker: string;
  seal?: string;
}

/**
 * Writes the folder that stages/marker.Dockerfile takes as its named context `marker`: for each platform
 * `<platform>/platform-marker`, the text and no newline, and the seal beside it where there is one.
 */
export async function writeMarkerContent(
  folder: string,
  content: Readonly<Record<string, MarkerContent>>,
): Promise<void> {
  for (const [platform, { marker, seal }] of Object.entries(content)) {
    await mkdir(join(folder, platform), { recursive: true });
    await writeContextFile(join(folder, platform, MARKER_FILE), marker);
    if (seal !== undefined) await writeContextFile(join(folder, platform, SEAL_FILE), seal);
  }
}

/**
 * The same content with the markers and seals of the platforms swapped round, as a base that ignores the platform
 * would have it. One platform alone gets another's name.
 */
export function swapMarkers(content: Readonly<Record<string, MarkerContent>>): Record<string, MarkerContent> {
  const platforms = Object.keys(content);
  const [only] = platforms;
  if (platforms.length === 1 && only !== undefined) {
    return { [only]: { marker: only === 'linux/amd64' ? 'linux/arm64' : 'linux/amd64' } };
  }
  return Object.fromEntries(
    platforms.map((platform, at) => [
      platform,
      content[platforms[(at + 1) % platforms.length] ?? ''] ?? { marker: '' },
    ]),
  );
}
