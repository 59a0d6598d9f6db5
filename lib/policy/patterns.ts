import { PatternError } from './patternError.ts';
import { compileRegex } from './regex.ts';
import type { Regex } from './regex.ts';
import { compileWildcard } from './wildcard.ts';
import type { Wildcard } from './wildcard.ts';

/** A compiled pattern, or why it cannot be compiled. */
export type Compiled<T> = { value: T } | { error: string };

/** The patterns of policies, each compiled once, when it is first needed: BuildKit finds a bad one no sooner. */
export interface Patterns {
  wildcard: (pattern: string) => Compiled<Wildcard>;
  regex: (pattern: string) => Compiled<Regex>;
}

/** An empty store of compiled patterns. One store serves any number of policies. */
export function newPatterns(): Patterns {
  return {
    wildcard: cached(compileWildcard),
    regex: cached(compileRegex),
  };
}

function cached<T>(compile: (pattern: string) => T): (pattern: string) => Compiled<T> {
  const compiled = new Map<string, Compiled<T>>();
  return (pattern) => {
    let entry = compiled.get(pattern);
    if (entry === undefined) compiled.set(pattern, (entry = attempt(() => compile(pattern))));
    return entry;
  };
}

function attempt<T>(compile: () => T): Compiled<T> {
  try {
    return { value: compile() };
  } catch (error) {
    if (error instanceof PatternError) return { error: error.message };
    throw error;
  }
}
