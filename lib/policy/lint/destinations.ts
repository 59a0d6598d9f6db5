import { applyUpdate } from '../applyUpdate.ts';
import { NEWEST } from '../behaviour.ts';
import { groupNumber, parseTemplate } from '../expandTemplate.ts';
import { groupNames } from '../groupNames.ts';
import { normalizedImage } from '../normalizeSource.ts';
import type { Patterns } from '../patterns.ts';
import { placeOf } from '../problem.ts';
import type { Fix, Problem } from '../problem.ts';
import { IMAGE, isScheme, meantScheme, schemeOf } from '../sourceKinds.ts';
import type { Selector, Source } from '../types.ts';
import type { LintedPolicy, LintedRule } from './lintedPolicy.ts';
import type { Check } from './lintRule.ts';
import { isAsked } from './samples.ts';

/** What CONVERT rules write that BuildKit cannot fetch, or that is not what it looks like. */
export const destinations: Check = {
  rules: [
    {
      id: 'missing-capture',
      severity: 'error',
      documentation:
        'A reference to a group that the pattern lacks is replaced by nothing; ${1} is the first *, and $1x means a group called 1x.',
    },
    {
      id: 'literal-capture',
      severity: 'error',
      documentation: 'EXACT selectors capture nothing: a ${1} in their updates stays as it is written.',
    },
    {
      id: 'bad-destination',
      severity: 'error',
      documentation:
        'Updates are fetched as they are written, with scheme, registry and tag: nothing is normalized any more.',
    },
  ],
  find: inPolicy,
};

function* inPolicy({ rules, patterns, file, ...policy }: LintedPolicy): Iterable<Problem> {
  for (const rule of rules) {
    const written = rule.updates?.identifier ?? '';
    if (rule.action !== 'CONVERT' || written === '') continue;
    const capture = badCapture(rule, written, patterns);
    if (capture !== undefined) {
      yield { ...capture, ...placeOf(rule.at.destination) };
      continue;
    }
    const sample = policy.sample(rule);
    // What comes of a source that no build asks for says nothing, nor do captures without one.
    if (sample === undefined ? written.includes('$') : !isAsked(sample.identifier)) continue;
    const made = sample === undefined ? written : resultOf(rule, sample, patterns);
    const bad = badDestination(made);
    if (bad === undefined) continue;
    const text = file.lines.text.slice(rule.at.destination.offset);
    const fix = made === written && text.startsWith('"') ? fixOf(rule, bad.instead) : {};
    const sees = made === written ? '' : `"${sample?.identifier ?? ''}" would become "${made}": `;
    yield {
      rule: 'bad-destination',
      message: `${sees}${bad.message}`,
      ...(bad.instead === undefined ? {} : { next: `write "${bad.instead}"` }),
      ...placeOf(rule.at.destination),
      ...fix,
    };
  }
}

function resultOf({ updates, selector }: LintedRule, sample: Source, patterns: Patterns): string {
  const update = applyUpdate(updates, selector, sample, patterns, NEWEST);
  return 'source' in update ? update.source.identifier : (updates?.identifier ?? '');
}

function badCapture(
  { selector }: LintedRule,
  written: string,
  patterns: Patterns,
): Pick<Problem, 'rule' | 'message' | 'next'> | undefined {
  const references = parseTemplate(written).filter((part) => 'group' in part);
  if (selector.match_type === 'EXACT') {
    if (references.length === 0) return undefined;
    const message = `an EXACT selector captures nothing: BuildKit will fetch "${written}" to the letter`;
    return { rule: 'literal-capture', message, next: 'write the text itself, or select with WILDCARD' };
  }
  const { count, names } = groupsOf(selector, patterns);
  for (const { group } of references) {
    const number = groupNumber(group);
    if (number === undefined ? names.has(group) : number <= count) continue;
    const has = count === 0 ? 'captures nothing' : `has ${count} ${count === 1 ? 'capture' : 'captures'}`;
    const digits = /^\d+/.exec(group)?.[0];
    const next =
      number === undefined && digits !== undefined ? `\${${digits}}${group.slice(digits.length)}` : undefined;
    return {
      rule: 'missing-capture',
      message: `the update refers to "${group}", and the pattern ${has}${names.size > 0 ? ` (${[...names].join(', ')})` : ''}; BuildKit puts nothing there`,
      ...(next === undefined ? {} : { next: `write ${next}` }),
    };
  }
  return undefined;
}

function groupsOf(
  { identifier, match_type }: Selector,
  patterns: Patterns,
): { count: number; names: ReadonlySet<string> } {
  if (match_type === 'WILDCARD') return { count: identifier.split('*').length - 1, names: new Set() };
  const regex = patterns.regex(identifier);
  // Of a pattern that cannot be compiled nothing can be said.
  if ('error' in regex) return { count: Infinity, names: new Set() };
  const { numbers, count } = groupNames(identifier);
  return { count, names: new Set(numbers.keys()) };
}

function badDestination(identifier: string): { message: string; instead?: string } | undefined {
  const scheme = schemeOf(identifier);
  if (scheme === undefined) {
    const image = normalizedImage(identifier);
    return {
      message: 'this has no scheme, and BuildKit fails on it',
      ...(image === undefined ? {} : { instead: image }),
    };
  }
  if (!isScheme(scheme)) {
    const meant = meantScheme(scheme);
    const instead = meant && meant + identifier.slice(scheme.length);
    return {
      message: `BuildKit has no sources with the scheme "${scheme}"`,
      ...(instead === undefined ? {} : { instead }),
    };
  }
  if (identifier.includes('*'))
    return { message: 'a * in an update is a star and nothing else; ${1} is what the first * took' };
  if (scheme !== 'docker-image') return undefined;
  const image = normalizedImage(identifier.slice(IMAGE.length));
  if (image === undefined) return { message: 'this is no image reference' };
  if (image === identifier) return undefined;
  return {
    message: `BuildKit does not normalize what a policy writes, so to it this is not ${image}`,
    instead: image,
  };
}

function fixOf({ at }: LintedRule, instead: string | undefined): { fix?: Fix } {
  if (instead === undefined) return {};
  const edit = { ...placeOf(at.destination), text: JSON.stringify(instead) };
  return { fix: { title: `write "${instead}"`, edits: [edit] } };
}
