import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { formatBakeData, type BakeDistro } from '../bake/bakeData.ts';
import { runBake } from '../bake/runBake.ts';
import type { Builder } from '../engine/builder.ts';
import { CommandError } from '../engine/commandError.ts';
import { joinLayouts } from '../oci/joinLayouts.ts';
import { platformSlug } from '../oci/platform.ts';
import type { Progress } from '../progress/progress.ts';
import type { MarkerContent } from './markerContent.ts';
import { writeMarkerContent } from './markerContent.ts';
import type { MadeMarker } from './runRecord.ts';
import { isStillWhole, markerIdentity, type WholeMarkers } from './wholeMarkers.ts';

/** A marker image to build. */
export interface MarkerRequest {
  /** Bake's target is `marker-<name>`. */
  name: string;
  /** The base, as the value of a named context. */
  base: string;
  platforms: readonly string[];
  content: Readonly<Record<string, MarkerContent>>;
  /** The folder of its OCI layout. */
  layout: string;
}

export interface MakeMarkersOptions {
  builder: Builder;
  /** docker-bake.hcl and the folder of the Dockerfiles. */
  bakeFile: string;
  stages: string;
  /** The run's own folder, for bake's data, the markers' contents and the metadata. */
  run: string;
  /** Layouts that are whole from an earlier run: one made from the same is taken as it is. */
  whole?: WholeMarkers;
  /** Builds every step again. */
  noCache?: boolean;
  progress?: Progress | undefined;
  signal?: AbortSignal | undefined;
}

/** Bake takes about the square of their number to read its targets (`make bench ONLY=scale`; docs/scale.md has its figures). */
export const BAKED_AT_ONCE = 64;

/**
 * Builds the marker images, many in one bake; where that fails, each by itself, so that one broken base stops nothing
 * else. Returns each one's layout and digest by its name, or the end of the log of what failed.
 */
export async function makeMarkers(
  requests: readonly MarkerRequest[],
  options: MakeMarkersOptions,
): Promise<Map<string, MadeMarker | { log: string }>> {
  const made = new Map<string, MadeMarker | { log: string }>();
  const wanted: MarkerRequest[] = [];
  for (const request of requests) {
    const whole = await takeWhole(request, options);
    if (whole === undefined) wanted.push(request);
    else made.set(request.name, whole);
  }
  for (let at = 0; at < wanted.length; at += BAKED_AT_ONCE) {
    const some = await buildMarkers(wanted.slice(at, at + BAKED_AT_ONCE), options);
    for (const [name, marker] of some) made.set(name, marker);
  }
  return made;
}

async function takeWhole(
  request: MarkerRequest,
  { whole = {}, stages }: MakeMarkersOptions,
): Promise<MadeMarker | undefined> {
  const layout = resolve(request.layout);
  const said = whole[layout];
  if (said?.identity !== (await markerIdentity(request, stages)) || !(await isStillWhole(layout, said)))
    return undefined;
  return { layout, digest: said.digest, platforms: request.platforms, identity: said.identity };
}

async function buildMarkers(
  requests: readonly MarkerRequest[],
  options: MakeMarkersOptions,
): Promise<Map<string, MadeMarker | { log: string }>> {
  const distros: BakeDistro[] = [];
  for (const { name, base, content, ...request } of requests) {
    const marker = join(options.run, 'content', name);
    await writeMarkerContent(marker, content);
    for (const part of partsOf({ name, ...request }, options))
      distros.push({ ...part, contexts: { base, marker } });
  }
  const data = join(options.run, 'markers.json');
  await writeFile(data, formatBakeData({ stages: options.stages, distros, workers: [] }));
  const bake = (wanted: readonly MarkerRequest[], metadataFile: string) =>
    bakeMarkers(wanted, { ...options, data, metadataFile: join(options.run, metadataFile) });
  try {
    return await bake(requests, 'markers-metadata.json');
  } catch (error) {
    if (!(error instanceof CommandError) || error.cancelled) throw error;
  }
  const made = new Map<string, MadeMarker | { log: string }>();
  for (const request of requests) {
    try {
      const one = await bake([request], `marker-${request.name}-metadata.json`);
      one.forEach((marker, name) => made.set(name, marker));
    } catch (error) {
      if (!(error instanceof CommandError) || error.cancelled) throw error;
      made.set(request.name, { log: error.output });
    }
  }
  return made;
}

/**
 * What bake builds of a marker image: the whole, or on a builder of several machines each platform by itself, because
 * buildx exports no OCI layout of what more than one of them has built.
 */
function partsOf(
  { name, platforms, layout }: Pick<MarkerRequest, 'name' | 'platforms' | 'layout'>,
  { builder, run }: Pick<MakeMarkersOptions, 'builder' | 'run'>,
): Pick<BakeDistro, 'name' | 'platforms' | 'out'>[] {
  if (builder.nodes === undefined) return [{ name, platforms, out: layout }];
  return platforms.map((platform) => {
    const part = `${name}-${platformSlug(platform)}`;
    return { name: part, platforms: [platform], out: join(run, 'marker-parts', part) };
  });
}

async function bakeMarkers(
  requests: readonly MarkerRequest[],
  options: MakeMarkersOptions & { data: string; metadataFile: string },
): Promise<Map<string, MadeMarker>> {
  const { builder, bakeFile, stages, data, metadataFile, noCache = false, progress, signal } = options;
  const targets = requests.flatMap((request) =>
    partsOf(request, options).map(({ name }) => `marker-${name}`),
  );
  await runBake(builder, { files: [bakeFile, data], targets, metadataFile, noCache, progress, signal });
  const metadata = JSON.parse(await readFile(metadataFile, 'utf8')) as Record<
    string,
    { 'containerimage.digest': string }
  >;
  const made = new Map<string, MadeMarker>();
  for (const request of requests) {
    const { name, layout, platforms } = request;
    const digest =
      builder.nodes === undefined
        ? (metadata[`marker-${name}`]?.['containerimage.digest'] ?? '')
        : await joinParts(request, options);
    made.set(name, {
      layout: resolve(layout),
      digest,
      platforms,
      identity: await markerIdentity(request, stages),
    });
  }
  return made;
}

/** Joins what each machine has built of a marker image to its layout, and takes the parts away. Returns its digest. */
async function joinParts(request: MarkerRequest, options: MakeMarkersOptions): Promise<string> {
  const parts = partsOf(request, options).map(({ out }) => out);
  await rm(request.layout, { recursive: true, force: true });
  const digest = await joinLayouts(request.layout, parts);
  for (const part of parts) await rm(part, { recursive: true, force: true });
  return digest;
}
