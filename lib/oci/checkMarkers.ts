import type { Layout } from './blobs.ts';
import { findFile } from './findFile.ts';
import { listImages, type Image } from './images.ts';
import { LayoutError } from './layoutError.ts';
import { MAX_MARKER_BYTES } from './limits.ts';
import { formatPlatform, parsePlatform } from './platform.ts';

/** Where a marker image carries its marker. */
export const MARKER_PATH = '/platform-marker';

/** What became of one platform that was asked for, or of one manifest that was not. */
export interface MarkerCheck {
  /** `os/arch[/variant]`, normalized. */
  platform: string;
  /** The manifest of that platform; undefined where there is none. */
  manifestDigest?: string;
  /** The marker's text as it was found. */
  marker?: string;
  /** The marker's permission bits. */
  mode?: number;
  ok: boolean;
  /** Why it is not ok, and what was expected. */
  problem?: string;
}

/**
 * Asserts the markers of a layout: exactly one manifest for each platform asked for and no other that could run, and in
 * each a regular file `/platform-marker` that holds its platform, without a newline, and nothing else.
 *
 * @param options.platforms as `parsePlatform` reads them.
 * @param options.ref the tag to take, where there are several.
 * @returns one check for each platform asked for, in that order, and then one for each further manifest.
 * @throws {LayoutError} where the layout's documents are refused; a refused layer is the problem of its manifest alone.
 * @throws {RangeError} for a text that is no platform.
 */
export async function checkMarkers(
  layout: Layout,
  options: { platforms: readonly string[]; ref?: string },
): Promise<MarkerCheck[]> {
  const asked = [...new Set(options.platforms.map((text) => formatPlatform(parsePlatform(text))))];
  const { images } = await listImages(layout, options.ref === undefined ? {} : { ref: options.ref });
  const checks: MarkerCheck[] = [];
  for (const platform of asked) {
    const image = images.find((candidate) => candidate.platform === platform);
    if (image !== undefined) checks.push(await checkImage(layout, image));
    else checks.push({ platform, ok: false, problem: `no manifest for ${platform}: expected one` });
  }
  for (const { platform, descriptor } of images) {
    if (asked.includes(platform)) continue;
    const problem = `a manifest for ${platform}, which was not asked for: expected only ${asked.join(', ')}`;
    checks.push({ platform, manifestDigest: descriptor.digest, ok: false, problem });
  }
  return checks;
}

async function checkImage(layout: Layout, image: Image): Promise<MarkerCheck> {
  const { platform } = image;
  const found = { platform, manifestDigest: image.descriptor.digest };
  try {
    const file = await findFile(layout, image, MARKER_PATH, { fileBytes: MAX_MARKER_BYTES });
    if (file === undefined) return { ...found, ok: false, problem: `no ${MARKER_PATH}: expected a file` };
    if (file.type !== 'file' || `/${file.path}` !== MARKER_PATH) {
      const what = file.type === 'file' ? `symlink to /${file.path}` : file.type;
      return { ...found, ok: false, problem: `${MARKER_PATH} is a ${what}: expected a regular file` };
    }
    const marker = file.content.toString('utf8');
    const read = { ...found, marker, mode: file.mode };
    if (file.content.equals(Buffer.from(platform))) return { ...read, ok: true };
    return { ...read, ok: false, problem: `the marker is ${JSON.stringify(marker)}: expected "${platform}"` };
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    return { ...found, ok: false, problem: error.message };
  }
}
