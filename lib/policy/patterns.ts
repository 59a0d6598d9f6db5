import { PatternError } from './patternError.ts';
import type { Program } from './program.ts';
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
  /** How many expressions had to be compiled so far. */
  compiled: () => number;
}

/** An empty store of compiled patterns. One store serves any number of policies. */
export function newPatterns(): Patterns {
  const programs = new Map<string, Program>();
  return {
    wildcard: cached(compileWildcard),
    regex: cached((pattern) => compileRegex(pattern, programs)),
    compiled: () => programs.size,
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
