import type { Patterns } from '../patterns.ts';
import { matchSelector } from '../matchSelector.ts';
import { IMAGE, schemeOf } from '../sourceKinds.ts';
import { normalizedImage } from '../normalizeSource.ts';
import type { Selector, Source } from '../types.ts';

/** A longer pattern is machine-made, and guessing at it takes long. */
const LENGTH_MAX = 1000;

/** Where a pattern leaves the start open, samples are images. */
const IMAGE_STARTS = [
  '',
  'docker-image://docker.io/library/',
  'docker-image://docker.io/library/debian:',
] as const;
const IMAGE_ENDS = ['', ':1'] as const;

/**
 * A source that a selector takes; undefined where none can be made up. Attributes are what the constraints ask for.
 *
 * @param filling what stars and repeated classes are filled with, such as `1`.
 */
export function sampleOf(selector: Selector, patterns: Patterns, filling: string): Source | undefined {
  if (selector.identifier.length > LENGTH_MAX) return undefined;
  const attrs = new Map(
    selector.constraints
      .filter(({ condition }) => condition === 'EQUAL')
      .map(({ key, value }) => [key, value]),
  );
  const text =
    selector.match_type === 'REGEX' ? fillRegex(selector.identifier, filling) : fillStars(selector, filling);
  const identifier = bestGuess(text, (guess) => {
    const match = matchSelector(selector, selector.constraints, { identifier: guess, attrs }, patterns);
    return 'matched' in match && match.matched;
  });
  return identifier === undefined ? undefined : { identifier, attrs };
}

/** The first identifier around a text that is taken and that a build may ask for, or else one that is taken. */
function bestGuess(text: string, isTaken: (identifier: string) => boolean): string | undefined {
  let taken: string | undefined;
  for (const end of IMAGE_ENDS) {
    for (const start of IMAGE_STARTS) {
      const guess = start + text + end;
      if (schemeOf(guess) === undefined || !isTaken(guess)) continue;
      if (isAsked(guess)) return guess;
      taken ??= guess;
    }
  }
  return taken;
}

/** Whether a build may ask for an identifier: images only by their full names. */
export function isAsked(identifier: string): boolean {
  return !identifier.startsWith(IMAGE) || normalizedImage(identifier.slice(IMAGE.length)) === identifier;
}

function fillStars({ identifier, match_type }: Selector, filling: string): string {
  return match_type === 'EXACT' ? identifier : identifier.replaceAll('*', filling);
}

/** A guess at a text that a pattern matches; the caller tries it. */
function fillRegex(pattern: string, filling: string): string {
  let text = pattern
    .replace(/^\^|\$$/g, '')
    .replace(/\\[dw][*+?]*|\.[*+?]+|\.$/g, filling)
    .replace(/\[(\^?)[^\]]*\](?:[*+?]+|\{\d+(?:,\d*)?\})?/g, (whole) => fillClass(whole, filling));
  for (let before = ''; before !== text;) {
    before = text;
    // The innermost groups first: each gives way to its first alternative.
    text = text.replace(
      /(?<!\\)\((?:\?:|\?P?<\w+>)?((?:[^()|\\]|\\[^])*)(?:\|(?:[^()\\]|\\[^])*)?(?<!\\)\)[*+?]*/g,
      '$1',
    );
  }
  return text
    .replace(/\|.*$/s, '')
    .replace(/(?<!\\)[*+?]/g, '')
    .replace(/\\(?=[^\w])/g, '');
}

function fillClass(characterClass: string, filling: string): string {
  const [, negated, members = ''] = /^\[(\^?)([^\]]*)\]/.exec(characterClass) ?? [];
  if (negated === '^' || /0-9|\\d|\\w/.test(members) || members.includes(filling)) return filling;
  return /^\\?([^])/.exec(members)?.[1] ?? filling;
}
