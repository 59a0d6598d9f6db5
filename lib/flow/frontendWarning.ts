import type { Builder } from '../engine/builder.ts';
import type { Subject } from '../matrix/types.ts';

/**
 * The first BuildKit without a known way for a frontend out of its sandbox, or to bring the daemon down: 0.31.1 fixes the
 * loss of seccomp and AppArmor (GHSA-7236-3392-c5c6), 0.31.2 a file operation that empties the daemon's /tmp
 * (GHSA-32pv-7hq5-qhwq) and a panic (GHSA-qx3x-mv6r-52p6).
 */
const SAFE = [0, 31, 2] as const;
/** What a BuildKit says that was built without its version. */
const UNSET = '0.0.0';

/**
 * A line for the report where an image's code is run as a frontend by a BuildKit with known holes, or by one that does not say
 * which it is, as Debian's. None where BuildKit's own Dockerfile frontend builds the subject.
 */
export function frontendWarning(
  { buildkit = '', versions }: Pick<Builder, 'buildkit' | 'versions'>,
  subject: Pick<Subject, 'source'>,
  isGiven: boolean,
): string | undefined {
  if (subject.source.kind !== 'frontend' && !isGiven) return undefined;
  const version = /\d+\.\d+\.\d+/.exec(buildkit)?.[0];
  const isKnown = version !== undefined && version !== UNSET;
  if (isKnown && !isOlder(version.split('.').map(Number))) return undefined;
  const which = isKnown
    ? `BuildKit ${version}`
    : `the BuildKit of ${versions.buildkit}, which does not say its version,`;
  return (
    `the frontend under test is code that ${which} runs: before ${SAFE.join('.')} BuildKit has known holes in the ` +
    'sandbox of a frontend (GHSA-7236-3392-c5c6, GHSA-32pv-7hq5-qhwq), so test only one that you trust'
  );
}

function isOlder(version: readonly number[]): boolean {
  const at = SAFE.findIndex((number, index) => version[index] !== number);
  return at >= 0 && (version[at] ?? 0) < (SAFE[at] ?? 0);
}
