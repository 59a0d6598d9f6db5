import { randomBytes } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { makeStandIn } from '../../../lib/base/standIn.ts';
import { sealsOf } from '../../../lib/flow/checkRun.ts';
import { makeMarkers, type MakeMarkersOptions, type MarkerRequest } from '../../../lib/flow/makeMarkers.ts';
import type { MarkerContent } from '../../../lib/flow/markerContent.ts';
import type { Builder } from '../../../lib/engine/builder.ts';
import { indexDigest, manifestDigest, rotatePlatforms } from './layoutEdits.ts';
import type { ImageName } from './mutant.ts';

export const DISTRO = 'one';
export const PLATFORMS: readonly string[] = ['linux/amd64', 'linux/arm64'];

/** An image as a layout, and the digest under which it is used. */
export interface Image {
  layout: string;
  digest: string;
}

export interface MarkerImages {
  base: Image;
  markers: Record<ImageName, Image>;
}

/** Makes a distro's base, its marker image, and one for each thing that can be wrong with it, below `folder`. */
export async function makeMarkerImages(
  folder: string,
  key: Buffer,
  builder: Builder,
  options: Pick<MakeMarkersOptions, 'bakeFile' | 'stages' | 'run' | 'signal'>,
): Promise<MarkerImages> {
  const base = await standIn(DISTRO, '2');
  const older = await standIn(DISTRO, '1');
  const other = await standIn('another', '2');
  const sealed = (distro: string, on: Image, by = key) =>
    contentOf(sealsOf(by, distro, on.digest, PLATFORMS));
  const plan: [ImageName, Image, Record<string, MarkerContent>][] = [
    ['right', base, sealed(DISTRO, base)],
    ['unsealed', base, contentOf()],
    ['older-base', older, sealed(DISTRO, older)],
    ['another-clone', base, sealed(DISTRO, base, randomBytes(key.length))],
    ['another-distro', other, sealed('another', other)],
    ['newline', base, contentOf(sealsOf(key, DISTRO, base.digest, PLATFORMS), '\n')],
  ];
  const requests = plan.map(([name, on, content]): MarkerRequest => {
    const layout = join(folder, name);
    const context = `oci-layout://${on.layout}@${on.digest}`;
    return { name, base: context, platforms: PLATFORMS, content, layout };
  });
  const made = await makeMarkers(requests, { ...options, builder });
  const image = (name: ImageName): Image => {
    const one = made.get(name);
    if (one === undefined || 'log' in one) throw new Error(`no marker image ${name}: ${one?.log ?? ''}`);
    return one;
  };
  const right = image('right');
  const rotated = join(folder, 'platforms-swapped');
  await cp(right.layout, rotated, { recursive: true });
  await rotatePlatforms(rotated);
  return {
    base,
    markers: {
      right,
      unsealed: image('unsealed'),
      'older-base': image('older-base'),
      'another-clone': image('another-clone'),
      'another-distro': image('another-distro'),
      newline: image('newline'),
      'platforms-swapped': { layout: rotated, digest: await indexDigest(rotated) },
      'one-manifest': { ...right, digest: await manifestDigest(right.layout, builder.platform) },
    },
  };
}

async function standIn(distro: string, version: string): Promise<Image> {
  const osRelease = { ID: distro, VERSION_ID: version, PRETTY_NAME: `Mutants ${version}` };
  const layout = await makeStandIn(`mutants-${distro}`, osRelease, PLATFORMS);
  return { layout, digest: await indexDigest(layout) };
}

function contentOf(seals: Record<string, string> = {}, end = ''): Record<string, MarkerContent> {
  return Object.fromEntries(
    PLATFORMS.map((platform) => {
      const seal = seals[platform];
      return [platform, { marker: platform + end, ...(seal === undefined ? {} : { seal }) }];
    }),
  );
}
