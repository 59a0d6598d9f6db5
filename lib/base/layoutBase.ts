import { wrongInput } from '../fault/fault.ts';
import type { Distro } from '../matrix/types.ts';
import { openLayout } from '../oci/blobs.ts';
import { listImages } from '../oci/images.ts';
import { LayoutError } from '../oci/layoutError.ts';
import type { Base } from './base.ts';
import { substitutes, takenFrom } from './takenFrom.ts';

/** Where buildx takes the folder's name in `oci-layout://<folder>:<tag>@<digest>` to end. */
const SEPARATOR = /[@:]/;

/**
 * The base in an OCI layout that holds an image for every platform of the distro's. That is looked at because BuildKit
 * takes a layout of one image for any platform, with no more than a warning.
 * Throws a Fault (wrong input) for a layout that cannot be used, with the reason.
 */
export async function layoutBase(
  kind: Base['kind'],
  folder: string,
  { baseRef, platforms }: Pick<Distro, 'baseRef' | 'platforms'>,
): Promise<Base> {
  if (SEPARATOR.test(folder)) {
    throw wrongInput({
      message: `buildx takes no layout from a path with "@" or ":" in it: ${folder}`,
      next: 'move it to another folder',
    });
  }
  const { digest, held } = await readLayout(folder);
  const { missing, instead } = takenFrom(held, platforms);
  if (missing.length > 0) {
    throw wrongInput({
      message: `${folder} holds an image of ${held.join(', ')}, and none of ${missing.join(', ')}`,
      next: `build it with --platform=${platforms.join(',')}`,
    });
  }
  const context = `oci-layout://${folder}@${digest}`;
  return { kind, ref: baseRef, digest, context, layout: folder, ...substitutes(instead) };
}

async function readLayout(folder: string): Promise<{ digest: string; held: string[] }> {
  try {
    const layout = await openLayout(folder);
    try {
      const { digest } = layout.index.manifests[0] ?? {};
      if (digest === undefined || layout.index.manifests.length > 1) {
        throw wrongInput({
          message: `${folder} does not hold exactly one image`,
          next: 'write it with `docker buildx build --output type=oci,tar=false`',
        });
      }
      const { images } = await listImages(layout);
      return { digest, held: images.map(({ platform }) => platform) };
    } finally {
      await layout.close();
    }
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    throw wrongInput({ message: error.message, next: 'a base has to be a whole OCI layout: write it again' });
  }
}
