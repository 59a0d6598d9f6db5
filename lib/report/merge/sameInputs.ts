import type { Complaint } from '../../fault/fault.ts';
import { sha256 } from '../../oci/digest.ts';
import type { ShardFile } from './shardFile.ts';

/**
 * What has to be the same in all shards for their verdicts to be of one thing. Not in it: the builder's name, which may be
 * one of many alike, and the marker images, whose seals are of each machine's own key.
 */
const SAME: Readonly<Record<string, (file: ShardFile) => string | number | boolean | null>> = {
  'version of platform-marker': ({ report }) => report.tool.version,
  'distros.yaml': ({ report }) => report.inputs.matrix,
  policies: ({ report }) => report.inputs.policies,
  subject: ({ report }) => report.subject,
  'subject’s source': ({ report }) => report.inputs.subject,
  frontend: ({ report }) => report.inputs.frontend,
  'docker-bake.hcl or stages/': ({ report }) => report.inputs.stages,
  ALLOW_EMULATOR: ({ report }) => report.inputs.allowEmulator,
  'number of shards': ({ shard }) => shard.of,
  'times that the split is by (TIMES)': ({ shard }) => shard.times,
  'split, of other distros, paths or platforms': ({ shard }) => sha256(JSON.stringify(shard.split)),
  'build platform': ({ report }) => report.builder.platform,
  'set of machines': ({ report }) =>
    (report.builder.nodes ?? [])
      .map(({ platform }) => platform)
      .sort()
      .join(' '),
  'builder’s driver': ({ report }) => report.builder.driver,
  'builder, one sealed and one not': ({ report }) => report.builder.sealed,
  buildx: ({ report }) => report.builder.versions.buildx,
  BuildKit: ({ report }) => report.builder.versions.buildkit,
};

/** What differs between the first report and each other one. */
export function inputComplaints([first, ...others]: readonly ShardFile[]): Complaint[] {
  if (first === undefined) return [];
  return others.flatMap((other) =>
    Object.entries(SAME).flatMap(([what, valueOf]): Complaint[] => {
      const [one, two] = [valueOf(first), valueOf(other)];
      if (one === two) return [];
      const message = `different inputs: another ${what} (${show(two)}) than in ${first.file} (${show(one)})`;
      return [{ message, place: { file: other.file } }];
    }),
  );
}

/** Of a digest so much that two can be told apart. */
function show(value: string | number | boolean | null): string {
  if (value === null) return 'none';
  return String(value).replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1…');
}
