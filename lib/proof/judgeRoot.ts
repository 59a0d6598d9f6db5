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
/** A pattern that may stand for those, or for anything else. */
const ANYTHING = /^\/[^/]*[*?[{\\]/;

/**
 * Whether the worker's root is the marker image's, not only the marker in it: marker and seal can be copied beside any
 * other root. Undefined when it is.
 *
 * A whole root of the marker image at the platform asked for has to be there, with none of another platform under it;
 * nothing of marker image or base at another platform may lie over it as a whole. A root that was put together from
 * parts has to have parts of the marker image, and none of another platform's. Where commands made the root, programs
 * of the base have to tell.
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
  const foreign = (part: RootPart) => isOurs(part) && part.platform !== platform;
  const wholes = root.parts.filter(({ whole }) => whole);

  const other = wholes.find(foreign);
  if (other !== undefined) return madeFrom(other, 'wrong-platform');
  const at = wholes.findIndex(isMarker);
  const under = wholes.slice(0, at === -1 ? undefined : at);
  const below = under.find((part) => part.platform !== platform) ?? under[0];
  if (below !== undefined && (at === -1 || below.platform !== platform))
    return madeFrom(below, below.platform === platform ? 'marker-not-used' : 'wrong-platform');
  if (at !== -1) return undefined;

  const parts = root.parts.filter(({ ran }) => !ran);
  const foreignPart = parts.find(foreign);
  if (foreignPart !== undefined)
    return {
      verdict: 'wrong-platform',
      detail: `${foreignPart.path} of the worker is from ${describe(foreignPart)}`,
    };
  const isBase = ({ path }: RootPart) => !MARKER_FILES.test(path) && !ANYTHING.test(path);
  if (parts.some((part) => isMarker(part) && isBase(part))) return undefined;
  if (!root.parts.some(({ ran, path }) => ran || ANYTHING.test(path)))
    return {
      verdict: 'marker-not-used',
      detail: 'nothing of the marker image is in the worker but marker and seal',
    };
  if (hasPrograms) return undefined;
  return {
    verdict: 'unproven',
    detail:
      'of the marker image only marker and seal can be followed into the worker: a command or a pattern made its ' +
      'root, and no program of the base is there to tell its platform',
  };
}

function madeFrom(part: RootPart, verdict: Judgement['verdict']): Judgement {
  return { verdict, detail: `the marker was copied: the worker's root is made from ${describe(part)}` };
}

function describe({ name, platform }: RootPart): string {
  return `${name.length > 120 ? `${name.slice(0, 120)}…` : name} (${platform ?? 'of no platform'})`;
}
