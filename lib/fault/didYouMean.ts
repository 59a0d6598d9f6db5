import { distance } from 'fastest-levenshtein';

/**
 * The candidate a person most likely meant, or undefined when none is near.
 * Near means: at most a third of the longer word has to change, and never more than three letters.
 */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const meant = word.toLowerCase();
  const [best = ''] = [...candidates].sort(
    (one, other) =>
      distance(meant, one.toLowerCase()) - distance(meant, other.toLowerCase()) ||
      // Letters that have changed places make two changes, as many as those that are missing.
      Math.abs(one.length - word.length) - Math.abs(other.length - word.length),
  );
  const limit = Math.min(3, Math.ceil(Math.max(word.length, best.length) / 3));
  return distance(word.toLowerCase(), best.toLowerCase()) <= limit ? best : undefined;
}

/** ` (did you mean "x"?)`, or nothing. Meant to be put behind a message. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const best = didYouMean(word, candidates);
  return best === undefined ? '' : ` (did you mean "${best}"?)`;
}
