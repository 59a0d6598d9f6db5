import { isOfPrograms } from './origins.ts';
import { bounded } from './quote.ts';
import type { Root, RootPart } from './root.ts';
import type { Judgement } from './verdict.ts';

/** What is known of the worker's root when it is judged. */
export interface RootEvidence {
  /** The platform asked for. */
  platform: string;
  /** Undefined where there is no provenance. */
  root: Root | undefined;
  /** Digests of the indexes of the marker image and of the base that it was made from, where they are known. */
  images: { marker: string | undefined; base: string | undefined };
  /** Whether programs of the base came along, which are judged by themselves. */
  hasPrograms: boolean;
}

/** What the marker image adds to its base, and what a worker can take along without taking the base. */
const MARKER_FILES = /^\/platform-marker/;
/** A pattern that may take in programs, as the whole root does. */
const FROM_THE_ROOT = /^\/($|[^/]*[*?[{\\])/;
/** All of a root, or all but what a pattern names (`COPY --exclude`). */
const NEARLY_WHOLE = /^\/($|\*$|\{!)/;

/**
 * Whether the worker's root is the marker image's, not only the marker in it: marker and seal can be copied beside any
 * other root. Undefined when it is.
 *
 * A whole root of the marker image at the platform asked for has to be there. No image of another platform may lie under
 * or over it as a whole or nearly so, and no programs of the marker image's or its base's other platforms over it. Other
 * images' programs may: a tool for the build platform can be a worker's own choice. Where no whole root
 * can be followed, because parts were copied or commands made it, programs of the base have to tell.
 */
export function judgeRoot({ platform, root, images, hasPrograms }: RootEvidence): Judgement | undefined {
  if (root === undefined) return undefined;
  if ('problem' in root)
    return {
      verdict: 'unproven',
      detail: `what the worker's root was made from cannot be followed: ${root.problem}`,
    };

  const isMarker = ({ digest }: RootPart) => digest !== undefined && digest === images.marker;
  const isOurs = (part: RootPart) =>
    isMarker(part) || (part.digest !== undefined && part.digest === images.base);
  const isForeign = (part: RootPart) => part.platform !== undefined && part.platform !== platform;

  const wholes = root.parts.filter(({ whole }) => whole);
  const other = wholes.find(isForeign);
  if (other !== undefined) return madeFrom(other, 'wrong-platform');
  const program = root.parts.find(
    (part) =>
      !part.ran &&
      isForeign(part) &&
      (isOurs(part)
        ? part.place !== 'elsewhere' && mayBePrograms(part)
        : part.place === 'root' && NEARLY_WHOLE.test(part.path)),
  );
  if (program !== undefined)
    return {
      verdict: 'wrong-platform',
      detail: `${program.path} of the worker is from ${describe(program)}`,
    };
  if (wholes.some(isMarker)) return undefined;
  const [first] = wholes;
  if (first !== undefined) return madeFrom(first, 'marker-not-used');

  const mayBeMarker = ({ ran, path }: RootPart) => ran || /[*?[{\\]/.test(path);
  if (!root.parts.some((part) => mayBeMarker(part) || (isMarker(part) && !MARKER_FILES.test(part.path))))
    return {
      verdict: 'marker-not-used',
      detail: 'nothing of the marker image is in the worker but marker and seal',
    };
  if (hasPrograms) return undefined;
  return {
    verdict: 'unproven',
    detail:
      'the worker was put together from parts, or by commands, and no program of the base is there to tell which ' +
      'platform it is of',
  };
}

/** What is elsewhere, such as certificates or a list of time zones, can come from the base of any platform. */
function mayBePrograms({ path }: RootPart): boolean {
  return isOfPrograms(path) || FROM_THE_ROOT.test(path);
}

function madeFrom(part: RootPart, verdict: Judgement['verdict']): Judgement {
  return { verdict, detail: `the marker was copied: the worker's root is made from ${describe(part)}` };
}

function describe({ name, platform }: RootPart): string {
  return `${bounded(name)} (${platform ?? 'of no platform'})`;
}
