import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wrongInput } from '../fault/fault.ts';
import { spellName } from '../fault/spelling.ts';
import { MARKER_REGISTRY } from '../policy/generatePolicy.ts';
import { imageAt, type ServedMarkers } from './serveMarkers.ts';
import { writeChanged } from './writeChanged.ts';

/**
 * The file that BuildKit reads as a distro's source policy: the person's own as it stands on disk, or, where the markers
 * are elsewhere than policies name, a copy with that address put in and nothing else changed. `prefix` stands before the
 * names of the repositories, for another set of images than the markers; `name` tells copies apart.
 *
 * @throws {Fault} (wrong input) for a policy that names what is not among the images that were pushed to a registry.
 */
export async function policyForRun(options: {
  file: string;
  served: Pick<ServedMarkers, 'address' | 'digests'>;
  prefix?: string;
  copies: string;
  name: string;
}): Promise<string> {
  const { file, served, prefix, copies, name } = options;
  if (served.address === MARKER_REGISTRY && prefix === undefined) return file;
  const text = await readFile(file, 'utf8');
  const before = prefix === undefined ? '' : `${prefix}/`;
  const changed =
    served.digests === undefined
      ? text.replaceAll(`${MARKER_REGISTRY}/`, `${served.address}/${before}`)
      : byDigest(text, file, before, served);
  await mkdir(copies, { recursive: true });
  const copy = join(copies, `${name}.json`);
  await writeChanged(copy, changed);
  return copy;
}

/** A reference below the address that policies name, with what follows its repository. */
const NAMED = new RegExp(`${MARKER_REGISTRY.replaceAll('.', '\\.')}/([^"\\s@:]*)(:[^"\\s@]*)?(?=(@)?)`, 'g');

/** All images are in one repository: what tells them apart is the digest alone. */
function byDigest(
  text: string,
  file: string,
  before: string,
  served: Pick<ServedMarkers, 'address' | 'digests'>,
): string {
  return text.replace(
    NAMED,
    (found: string, repository: string, tag: string | undefined, digest: string | undefined, at: number) => {
      if (digest !== undefined) return served.address;
      const known = Object.hasOwn(served.digests ?? {}, before + repository);
      if (known && (tag ?? ':latest') === ':latest') return imageAt(served, before + repository);
      const lines = text.slice(0, at).split('\n');
      throw wrongInput({
        message: `${found} is none of the images that were pushed to ${served.address}`,
        place: { file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 },
        next: `with ${spellName('MARKER_REGISTRY')} write each marker out, as ${MARKER_REGISTRY}/marker/<distro>:latest`,
      });
    },
  );
}
