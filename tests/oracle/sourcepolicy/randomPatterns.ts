import type { Random } from '../random.ts';

/** Sources as builds ask for them. */
const SOURCES = [
  'docker-image://docker.io/library/debian:bookworm',
  'docker-image://docker.io/library/debian:bookworm-slim',
  'docker-image://docker.io/library/golang:1.22',
  'docker-image://docker.io/library/golang:1.22-alpine',
  'docker-image://127.0.0.1:5000/marker/bookworm:latest',
  `docker-image://docker.io/library/debian:bookworm@sha256:${'0123456789abcdef'.repeat(4)}`,
  'https://example.com/a.tar.gz',
  'http://example.com/a.tar.gz',
  'git://github.com/moby/buildkit.git#master:docs',
  'local://context',
  'local://dockerfile',
  'oci-layout://store@sha256:00',
];

/** Few letters, so that patterns meet their texts; a line break, an astral letter and a dollar among them. */
const LETTERS = [
  'a',
  'a',
  'a',
  'b',
  'b',
  'ab',
  'ba',
  ':',
  '/',
  '.',
  '\n',
  '-',
  'é',
  '😀',
  '$',
  '\\',
  '(',
  'A',
];

const REGEX_PIECES = [
  '.', '.*', '.+', '.*?', '(.*)', '(.+)', '(a)?', '(a|b)*', '(?:a|ab)(b?)', '[a-z]+', '[^:/]+', '\\d+', '\\w', '\\b',
  '\\B', '^', '$', '\\A', '\\z', '|', '(?P<tag>[^:]*)', '(?<one>a+)', '(?i:A)', '(?s:.)', 'a{2}', '(b{1,2})', '()', '(|a)',
  '\\.', '\\$', '[[:alpha:]]', '\\pL', '(?m:^)', 'é', '😀', '[^a]', '\\Qa.b\\E', 'x*', '(x*)',
]; // prettier-ignore
const REGEX_FLAWS = [
  '(',
  ')',
  '[',
  '*',
  '**',
  '\\',
  '(?=a)',
  '(?<!a)',
  '\\1',
  'a{1001}',
  '(?P<a',
  '[b-a]',
  '\\Z',
  '(?>a)',
  'a++',
];
const TEMPLATE_PIECES = ['$1', '${1}', '$2', '${2}', '$0', '$1x', '${1}x', '$$', '$', '${', '$tag', '${tag}', '$one', '$01', '$é', 'a', 'b', ':', '-alpine']; // prettier-ignore

/** A few identifiers that one case plays with, so that its rules meet its source and each other. */
export function randomPool(random: Random): string[] {
  const short = () => random.some(0, 7, () => random.pick(LETTERS)).join('');
  return random.chance(0.5) ? random.some(1, 3, () => random.pick(SOURCES)) : random.some(1, 3, short);
}

/** A wildcard made of an identifier with stars in the place of some of it, now and then with two in a row. */
export function randomWildcard(random: Random, pool: readonly string[]): string {
  let pattern = random.pick(pool);
  for (let stars = random.below(4); stars > 0; stars--) {
    const start = random.below(pattern.length + 1);
    const end = Math.min(pattern.length, start + random.below(random.chance(0.3) ? pattern.length + 1 : 4));
    pattern = `${pattern.slice(0, start)}*${pattern.slice(end)}`;
  }
  return random.chance(0.97) ? pattern.replaceAll(/\*\*+/g, '*') : pattern;
}

/** A regular expression: a quoted identifier with holes, or a heap of pieces; some that RE2 refuses. */
export function randomRegex(random: Random, pool: readonly string[]): string {
  if (random.chance(0.04)) return randomPieces(random) + random.pick(REGEX_FLAWS) + randomPieces(random);
  if (random.chance(0.5)) return randomPieces(random);
  const quoted = random.pick(pool).replaceAll(/[.+*?()|[\]{}^$\\]/g, '\\$&');
  const start = random.below(quoted.length + 1);
  const hole = random.chance(0.3) ? quoted.length : start + random.below(6);
  const pattern = quoted.slice(0, start) + randomPieces(random) + quoted.slice(hole);
  return (random.chance(0.5) ? '^' : '') + pattern + (random.chance(0.5) ? '$' : '');
}

/** What an update may write: an identifier, often with groups in it. */
export function randomTemplate(random: Random, pool: readonly string[]): string {
  const pieces = () => random.some(0, 3, () => random.pick(TEMPLATE_PIECES)).join('');
  const identifier = random.chance(0.8) ? random.pick(pool) : '';
  const at = random.below(identifier.length + 1);
  return random.chance(0.5) ? identifier : identifier.slice(0, at) + pieces() + identifier.slice(at);
}

function randomPieces(random: Random): string {
  return random
    .some(0, 4, () => (random.chance(0.4) ? random.pick(['a', 'b', 'ab', ':']) : random.pick(REGEX_PIECES)))
    .join('');
}
