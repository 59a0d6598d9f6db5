import type { Complaint } from '../../fault/fault.ts';
import { spellOption } from '../../fault/spelling.ts';
import type { ShardFile } from './shardFile.ts';

interface Seen {
  file: string;
  value: string;
}

/**
 * Bases and other images, a frontend's among them, that are not the same in all shards that used them: a tag that was
 * moved meanwhile, a base that one machine had from its registry and another made by itself. Marker images do not count,
 * for their seals are of each machine's own key, nor what was served on a builder's loopback.
 */
export function sourceComplaints(shards: readonly ShardFile[]): Complaint[] {
  const markers = new Set(
    shards.flatMap(({ report }) => report.cells.map(({ markerDigest }) => markerDigest)),
  );
  const seen = new Map<string, Seen>();
  const complaints = new Map<string, Complaint>();
  const look = (what: string, value: string, file: string) => {
    const before = seen.get(what);
    if (before === undefined) seen.set(what, { file, value });
    else if (before.value !== value && before.file !== file)
      complaints.set(`${what} ${file}`, {
        message: `different inputs: ${what} is ${value} here, and ${before.value} in ${before.file}`,
        place: { file },
        next: `pin it by its digest, or give all shards the same with ${spellOption('BASES', '<folder>')}, and run them again`,
      });
  };
  for (const { file, report } of shards) {
    for (const { distro, base, materials } of report.cells) {
      look(`the base of ${distro}`, `${base.kind ?? 'missing'} ${base.digest ?? base.ref}`, file);
      for (const { kind, name, digest, platform } of materials) {
        if (kind !== 'image' || digest === undefined || markers.has(digest) || isLoopback(name)) continue;
        look(`the image ${name}${platform === undefined ? '' : ` of ${platform}`}`, digest, file);
      }
    }
  }
  return [...complaints.values()];
}

function isLoopback(image: string): boolean {
  return /^(127\.|localhost[:/]|\[::1\])/.test(image);
}
