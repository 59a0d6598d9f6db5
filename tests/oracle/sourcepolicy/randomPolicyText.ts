import { ACTIONS, CONDITIONS, MATCH_TYPES } from '../../../lib/policy/types.ts';
import type { Random } from '../random.ts';
import { randomRegex, randomTemplate, randomWildcard } from './randomPatterns.ts';

const ATTRIBUTES = ['http.checksum', 'image.resolvemode', 'a', '', '__proto__'];
const VALUES = ['', 'pull', 'a', 'ab', 'sha256:00'];

/** The text of a policy file. Most are as people write them; some carry what Go reads in its own way, or refuses. */
export function randomPolicyText(random: Random, pool: readonly string[]): string {
  const rules = () => list(random, 0, 5, () => rule(random, pool));
  const properties: string[] = [property(random, 'rules', rules())];
  if (random.chance(0.5))
    properties.unshift(property(random, 'version', random.chance(0.98) ? '1' : oddValue(random)));
  if (random.chance(0.02))
    properties.push(property(random, 'rules', random.chance(0.8) ? rules() : oddValue(random)));
  return object(random, properties);
}

/** The attributes of a source. */
export function randomAttrs(random: Random): Record<string, string> {
  const entries = random.some(0, 2, () => [random.pick(ATTRIBUTES), random.pick(VALUES)] as const);
  return Object.fromEntries(entries);
}

function rule(random: Random, pool: readonly string[]): string {
  if (random.chance(0.003)) return oddValue(random);
  const properties: string[] = [];
  const action = random.pick(ACTIONS);
  if (action !== 'ALLOW' || random.chance(0.7))
    properties.push(enumProperty(random, 'action', ACTIONS, action));
  if (random.chance(0.995)) properties.push(property(random, 'selector', selector(random, pool)));
  if (random.chance(action === 'CONVERT' ? 0.97 : 0.1))
    properties.push(property(random, 'updates', update(random, pool)));
  if (random.chance(0.01)) properties.push(property(random, 'selector', selector(random, pool)));
  return object(random, properties);
}

function selector(random: Random, pool: readonly string[]): string {
  const matchType = random.pick(MATCH_TYPES);
  const identifier = random.chance(0.15)
    ? random.pick(pool)
    : { WILDCARD: randomWildcard, EXACT: exactly, REGEX: randomRegex }[matchType](random, pool);
  const properties = [property(random, 'identifier', text(random, identifier))];
  if (matchType !== 'WILDCARD' || random.chance(0.4)) {
    properties.push(enumProperty(random, 'match_type', MATCH_TYPES, matchType));
  }
  if (random.chance(0.25))
    properties.push(
      property(
        random,
        'constraints',
        list(random, 0, 2, () => constraint(random, pool)),
      ),
    );
  return object(random, properties);
}

function exactly(random: Random, pool: readonly string[]): string {
  return random.pick(pool);
}

function constraint(random: Random, pool: readonly string[]): string {
  if (random.chance(0.02)) return 'null';
  const condition = random.pick(CONDITIONS);
  const value = condition === 'MATCHES' ? randomRegex(random, pool) : random.pick(VALUES);
  return object(random, [
    property(random, 'key', text(random, random.pick(ATTRIBUTES))),
    property(random, 'value', text(random, value)),
    enumProperty(random, 'condition', CONDITIONS, condition),
  ]);
}

function update(random: Random, pool: readonly string[]): string {
  const properties: string[] = [];
  if (random.chance(0.9))
    properties.push(property(random, 'identifier', text(random, randomTemplate(random, pool))));
  if (random.chance(0.2)) {
    const attrs = random.some(0, 2, () => {
      const value = random.chance(0.98) ? text(random, random.pick(VALUES)) : oddValue(random);
      return `${JSON.stringify(random.pick(ATTRIBUTES))}: ${value}`;
    });
    properties.push(property(random, 'attrs', object(random, attrs)));
  }
  return object(random, properties);
}

function enumProperty(random: Random, key: string, names: readonly string[], name: string): string {
  if (random.chance(0.01))
    return property(random, key, random.pick(['null', '3', '-1', '1.0', '"deny"', '"NOPE"', 'true']));
  const value = random.chance(0.2) ? String(names.indexOf(name)) : JSON.stringify(name);
  return property(random, key, value);
}

/** A key and its value; the key now and then in other letters, or one that Go drops. */
function property(random: Random, key: string, value: string): string {
  if (random.chance(0.97)) return `"${key}": ${value}`;
  const written = random.pick([
    key.toUpperCase(),
    key.replace('_', ''),
    key.replace('s', '\u017F'),
    key.replace('k', '\u212A'),
    `${key}s`,
    `\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}`,
  ]);
  return `"${written}": ${value}`;
}

function text(random: Random, value: string): string {
  if (random.chance(0.003)) return oddValue(random);
  if (random.chance(0.01)) return `"\\ud83d${value.replaceAll(/[^a-z]/g, '')}"`;
  return JSON.stringify(value);
}

/** A value of some other type than expected. */
function oddValue(random: Random): string {
  return random.pick([
    'null',
    'null',
    'null',
    '1',
    '1e2',
    '-0',
    '99999999999999999999',
    '"x"',
    'false',
    '[]',
    '{}',
    '[null]',
  ]);
}

function list(random: Random, least: number, most: number, make: () => string): string {
  return `[${random.some(least, most, make).join(random.chance(0.5) ? ', ' : ',\r\n\t')}]`;
}

function object(random: Random, properties: readonly string[]): string {
  return `{${properties.join(random.chance(0.5) ? ', ' : ',\n  ')}}`;
}
