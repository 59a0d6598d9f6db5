import { didYouMean } from '../../fault/didYouMean.ts';
import { placeOf } from '../problem.ts';
import type { Problem } from '../problem.ts';
import { ATTRIBUTES, HTTP_HEADER_PREFIX, isScheme, schemeOf, SCHEMES } from '../sourceKinds.ts';
import type { AttrConstraint } from '../types.ts';
import type { LintedPolicy, LintedRule } from './lintedPolicy.ts';
import type { Check } from './lintRule.ts';

/** Constraints that no source meets, or that every source meets. */
export const constraints: Check = {
  rules: [
    {
      id: 'unknown-attribute',
      severity: 'warning',
      documentation:
        'BuildKit sets a fixed list of attributes on sources; any other reads as the empty string. The platform is none of them.',
    },
    {
      id: 'impossible-constraints',
      severity: 'error',
      documentation: 'All constraints of a selector have to hold at once.',
    },
  ],
  find: inPolicy,
};

function* inPolicy({ rules }: LintedPolicy): Iterable<Problem> {
  for (const rule of rules) {
    for (const [index, { constraint, node }] of rule.constraints.entries()) {
      const unknown = unknownAttribute(constraint.key, rule);
      if (unknown !== undefined) {
        yield {
          rule: 'unknown-attribute',
          message: `${unknown}; ${consequence(constraint)}`,
          ...placeOf(node),
        };
      }
      const earlier = rule.constraints
        .slice(0, index)
        .find((other) => contradict(other.constraint, constraint));
      if (earlier === undefined) continue;
      const message = `this cannot hold together with "${earlier.constraint.value}" before it: the rule never matches`;
      yield { rule: 'impossible-constraints', message, ...placeOf(node) };
    }
  }
}

function unknownAttribute(key: string, { selector }: LintedRule): string | undefined {
  if (key === '') return undefined;
  if (key === 'platform') return 'policies do not see the platform of a source, and no attribute carries it';
  const scheme = schemeOf(selector.identifier.split('*', 1)[0] ?? '');
  const schemes = selector.match_type !== 'REGEX' && isScheme(scheme) ? [scheme] : SCHEMES;
  const known = schemes.flatMap((each) => ATTRIBUTES[each]);
  if (known.includes(key)) return undefined;
  if (key.startsWith(HTTP_HEADER_PREFIX) && schemes.some((each) => each.startsWith('http'))) return undefined;
  const whose = schemes.length === 1 ? `${scheme ?? ''} sources carry` : 'sources carry';
  const meant = didYouMean(key, known);
  return `no ${whose} an attribute "${key}"${meant === undefined ? '' : ` (did you mean "${meant}"?)`}`;
}

/** What comes of asking for an attribute that is never there. */
function consequence({ condition, value }: AttrConstraint): string {
  if (condition === 'EQUAL') return value === '' ? 'this always holds' : 'this never holds';
  return condition === 'NOTEQUAL' && value !== '' ? 'this always holds' : `it reads as ""`;
}

function contradict(a: AttrConstraint, b: AttrConstraint): boolean {
  if (a.key !== b.key) return false;
  const conditions = `${a.condition} ${b.condition}`;
  if (conditions === 'EQUAL EQUAL') return a.value !== b.value;
  return (conditions === 'EQUAL NOTEQUAL' || conditions === 'NOTEQUAL EQUAL') && a.value === b.value;
}
