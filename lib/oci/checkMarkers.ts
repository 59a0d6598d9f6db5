import type { Layout } from './blobs.ts';
import { findFile } from './findFile.ts';
import { listImages, type Image } from './images.ts';
import { NOTHING_SPENT, type Spent } from './layer/streamLayer.ts';
import { LayoutError, type LayoutRule } from './layoutError.ts';
import { LOOKUP_LIMITS, MAX_CHECK_UNPACKED_BYTES, MAX_MARKER_BYTES } from './limits.ts';
import { MARKER_FILE } from './markerFiles.ts';
import { formatPlatform, parsePlatform } from './platform.ts';

/** Where a marker image carries its marker. */
const MARKER_PATH = `/${MARKER_FILE}`;

/** What a manifest of a marker layout can come to, and what that means. */
export const MARKER_VERDICTS = {
  pass: 'the marker names the platform of its manifest, and nothing else',
  'wrong-platform': 'the marker holds something else',
  'marker-missing': 'there is no regular file /platform-marker',
  'layer-refused': 'a layer is missing, broken, or such that two readers could read two things',
  'manifest-missing': 'there is no manifest of a platform that was asked for',
  'not-asked-for': 'there is a manifest of a platform that was not asked for',
} as const;
export type MarkerVerdict = keyof typeof MARKER_VERDICTS;

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
  verdict: MarkerVerdict;
  /** The rule that a layer was refused by. */
  rule?: LayoutRule;
  /** Why it is no pass, and what was expected. */
  problem?: string;
}

/** What became of a layout. */
export interface MarkerChecks {
  /** One for each platform asked for, in that order, and then one for each further manifest. */
  checks: MarkerCheck[];
  /** Attestation manifests that were set aside. */
  attestations: number;
}

/**
 * Asserts the markers of a layout: exactly one manifest for each platform asked for and no other that could run, and in
 * each a regular file `/platform-marker` that holds its platform, without a newline, and nothing else.
 *
 * @param options.platforms as `parsePlatform` reads them; where left out, those of the layout's manifests.
 * @param options.ref the tag to take, where there are several.
 * @param options.unpackedBytes what all layers read may unpack to together; `MAX_CHECK_UNPACKED_BYTES` where left out.
 * @throws {LayoutError} where the layout's documents are refused; a refused layer is the problem of its manifest alone.
 * @throws {RangeError} for a text that is no platform.
 */
export async function checkMarkers(
  layout: Layout,
  options: { platforms?: readonly string[]; ref?: string; unpackedBytes?: number } = {},
): Promise<MarkerChecks> {
  const given = options.platforms?.map((text) => formatPlatform(parsePlatform(text)));
  const { images, attestations } = await listImages(
    layout,
    options.ref === undefined ? {} : { ref: options.ref },
  );
  const asked = [...new Set(given ?? images.map(({ platform }) => platform))];
  const checks: MarkerCheck[] = [];
  const budget = { spent: { ...NOTHING_SPENT }, bytes: options.unpackedBytes ?? MAX_CHECK_UNPACKED_BYTES };
  for (const platform of asked) {
    const image = images.find((candidate) => candidate.platform === platform);
    if (image !== undefined) checks.push(await checkImage(layout, image, budget));
    else {
      const problem = `no manifest for ${platform}: expected one`;
      checks.push({ platform, verdict: 'manifest-missing', problem });
    }
  }
  for (const { platform, descriptor } of images) {
    if (asked.includes(platform)) continue;
    const problem = `a manifest for ${platform}, which was not asked for: expected only ${asked.join(', ')}`;
    checks.push({ platform, manifestDigest: descriptor.digest, verdict: 'not-asked-for', problem });
  }
  return { checks, attestations: attestations.length };
}

/** What all images of a check may unpack to together, and what they have. */
interface Budget {
  spent: Spent;
  bytes: number;
}

async function checkImage(layout: Layout, image: Image, { spent, bytes }: Budget): Promise<MarkerCheck> {
  const { platform } = image;
  const found = { platform, manifestDigest: image.descriptor.digest };
  const missing = (problem: string): MarkerCheck => ({ ...found, verdict: 'marker-missing', problem });
  try {
    const unpackedBytes = Math.min(bytes, spent.unpackedBytes + LOOKUP_LIMITS.unpackedBytes);
    const limits = { fileBytes: MAX_MARKER_BYTES, unpackedBytes };
    const file = await findFile(layout, image, MARKER_PATH, limits, spent);
    if (file === undefined) return missing(`no ${MARKER_PATH}: expected a file`);
    if (file.type !== 'file' || `/${file.path}` !== MARKER_PATH) {
      const what = file.type === 'file' ? `symlink to /${file.path}` : file.type;
      return missing(`${MARKER_PATH} is a ${what}: expected a regular file`);
    }
    const marker = file.content.toString('utf8');
    const read = { ...found, marker, mode: file.mode };
    if (file.content.equals(Buffer.from(platform))) return { ...read, verdict: 'pass' };
    const problem = `the marker is ${JSON.stringify(marker)}: expected "${platform}"`;
    return { ...read, verdict: 'wrong-platform', problem };
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    return { ...found, verdict: 'layer-refused', rule: error.rule, problem: error.message };
  }
}
