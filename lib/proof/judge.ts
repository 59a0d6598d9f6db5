import type { ExecOp } from './execOps.ts';
import { quote } from './quote.ts';
import { judgeRoot, type RootEvidence } from './judgeRoot.ts';
import { sealMatches } from './seal.ts';
import type { Judgement } from './verdict.ts';

/** Everything that is known of one cell when it is judged. */
export interface CellEvidence {
  /** The platform asked for. */
  platform: string;
  /** The build that should have made the probe. */
  build: { ok: true } | { ok: false; log: string; timedOut: boolean };
  /** What the probe's manifest of that platform holds; a problem where its layout is not sound. */
  probe?: { marker?: string | undefined; seal?: string | undefined } | { problem: string };
  /** The seal of this distro's marker image, by platform. */
  seals: Readonly<Record<string, string>>;
  /** Whether the provenance lists the marker image at that platform; undefined where there is no provenance. */
  markerIsMaterial: boolean | undefined;
  /** Undefined where there is no provenance. */
  execOps: readonly ExecOp[] | undefined;
  /** Why there is no provenance, where there is none. */
  noProvenance?: string | undefined;
  /** What the worker's root was made from; undefined where there is no provenance. */
  root: RootEvidence['root'];
  /** The digests to know it by. */
  images: RootEvidence['images'];
  /** What programs of the worker are built for: those of its base, and the one that the subject installs. */
  programs: readonly { path: string; expected: string; found: string; of: 'base' | 'subject' }[];
  /** Where the build ran on a machine of another platform than the canaries did: that platform. */
  builtOn?: string | undefined;
  /** Why something foreign could have run on this builder unseen; undefined where nothing could. */
  emulator: string | undefined;
}

/** What a kernel says of a program of another architecture, and what tools make of it. */
const EXEC_FORMAT_ERROR = /exec format error/i;

/**
 * The verdict of one cell, from its evidence alone (docs/explanation/evidence.md). The first thing that speaks
 * against the cell decides; nothing that is merely absent counts for it.
 */
export function judge(evidence: CellEvidence): Judgement {
  return (
    judgeBuild(evidence) ??
    judgeMarker(evidence) ??
    judgeSource(evidence) ??
    judgeOps(evidence) ??
    judgePrograms(evidence) ??
    judgeRoot({ ...evidence, hasPrograms: evidence.programs.some(({ of }) => of === 'base') }) ??
    judgeEmulator(evidence) ?? { verdict: 'pass', detail: '' }
  );
}

function judgeBuild({ build }: CellEvidence): Judgement | undefined {
  if (build.ok) return undefined;
  const line = build.log.split('\n').find((text) => EXEC_FORMAT_ERROR.test(text));
  if (line !== undefined) {
    return {
      verdict: 'needs-emulation',
      detail: `${commandOf(build.log)} needs an emulator: ${line.trim()}`,
    };
  }
  if (build.timedOut) return { verdict: 'build-failed', detail: 'the build took longer than the time limit' };
  return { verdict: 'build-failed', detail: lastError(build.log) };
}

/** The command that failed, as BuildKit's last error names it. */
function commandOf(log: string): string {
  const failed = [...log.matchAll(/process "((?:[^"\\]|\\.)*)" did not complete successfully/g)].at(-1)?.[1];
  return failed === undefined
    ? 'a command of the build'
    : quote(unquoted(failed).replace(/^\/bin\/sh -c /, ''));
}

/** BuildKit quotes a command as Go does, which JSON reads but for the rarest characters. */
function unquoted(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

/** BuildKit ends a plain log with `ERROR: …`; the line says which step failed and why. */
function lastError(log: string): string {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const error = lines.findLast((line) => /^(#\d+ )?ERROR\b/.test(line)) ?? lines.at(-1);
  if (error === undefined) return 'the build failed without a word';
  const said = /did not complete successfully/.test(error) ? lastWords(log) : undefined;
  if (said !== undefined) return `${commandOf(log)} failed: ${said}`;
  return error.replace(/^(#\d+ )?ERROR:\s*/, '').trim();
}

/** The last that the command that failed printed: BuildKit repeats its output in a block of its own. */
function lastWords(log: string): string | undefined {
  const block = [...log.matchAll(/^------\n > .*:\n((?:.*\n)*?)------$/gm)].at(-1)?.[1] ?? '';
  const words = block.split('\n').map((line) => line.replace(/^\d+\.\d+ /, '').trim());
  return words.findLast((line) => line !== '');
}

function judgeMarker({ platform, probe, seals, markerIsMaterial }: CellEvidence): Judgement | undefined {
  if (probe === undefined) return { verdict: 'build-failed', detail: 'the build left no probe' };
  if ('problem' in probe)
    return { verdict: 'build-failed', detail: `the probe's layout is not sound: ${probe.problem}` };
  const { marker, seal } = probe;
  if (marker === undefined) {
    return markerIsMaterial === false
      ? {
          verdict: 'marker-not-used',
          detail: 'the worker holds no /platform-marker, and the marker image was no source of the build',
        }
      : { verdict: 'marker-missing', detail: 'the worker holds no /platform-marker' };
  }
  const other = Object.keys(seals).find((key) => key !== platform && seals[key] === seal);
  if (marker !== platform) {
    return {
      verdict: 'wrong-platform',
      detail: `/platform-marker says ${quote(marker)}, expected ${quote(platform)}`,
    };
  }
  if (other !== undefined) {
    return {
      verdict: 'wrong-platform',
      detail: `/platform-marker says ${platform}, but the seal beside it is of ${other}`,
    };
  }
  const expected = seals[platform];
  if (seal === undefined || expected === undefined || !sealMatches(expected, seal)) {
    const what = seal === undefined ? 'no seal came with it' : 'its seal is not this marker image’s';
    return {
      verdict: 'marker-not-used',
      detail: `/platform-marker is right, but ${what}: the subject wrote it, or took it from elsewhere`,
    };
  }
  return undefined;
}

function judgeSource({ markerIsMaterial, execOps, noProvenance }: CellEvidence): Judgement | undefined {
  if (markerIsMaterial === undefined || execOps === undefined) {
    return {
      verdict: 'unproven',
      detail: `the builder gave no provenance that can be used: ${noProvenance ?? 'it wrote none for this platform'}`,
    };
  }
  if (markerIsMaterial) return undefined;
  return {
    verdict: 'marker-not-used',
    detail: 'the provenance does not list the marker image at this platform as a source',
  };
}

function judgeOps({ execOps }: CellEvidence): Judgement | undefined {
  const foreign = execOps?.filter((op) => op.foreign) ?? [];
  const [first] = foreign;
  if (first === undefined) return undefined;
  const more = foreign.length > 1 ? ` (and ${foreign.length - 1} more)` : '';
  return {
    verdict: 'needs-emulation',
    detail: `an exec op is of ${first.platform}: ${quote(first.command)}${more}`,
  };
}

function judgePrograms({ programs }: CellEvidence): Judgement | undefined {
  const program = programs.find(({ expected, found }) => found !== expected);
  if (program === undefined) return undefined;
  return {
    verdict: 'wrong-platform',
    detail: `${program.path} is ${program.found}, expected ${program.expected}`,
  };
}

function judgeEmulator({ emulator, builtOn }: CellEvidence): Judgement | undefined {
  if (builtOn !== undefined)
    return {
      verdict: 'unproven',
      detail: `it was built on a machine of ${builtOn}, and the canaries ran on one of another platform`,
    };
  return emulator === undefined ? undefined : { verdict: 'unproven', detail: emulator };
}
