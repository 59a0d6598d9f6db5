/** A pattern that BuildKit refuses when it first tries it on a source; the message is BuildKit's own. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}
