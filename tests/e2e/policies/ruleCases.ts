import {
  allow,
  convert,
  deniedAtResolve,
  deny,
  from,
  image,
  type PolicyCase,
} from './policyCase.ts';

const ONE = image('one');
const TWO = image('two');
const TOO_MANY = {
  fails: 'could not resolve image due to policy: too many mutations on a single source: too many operations',
};

/** Conversions of an image through `changes` others to `two`. */
const chain = (changes: number): object[] =>
  Array.from({ length: changes }, (_, index) =>
    convert(
      index === 0 ? ONE : image(`chain-${index}`),
      index === changes - 1 ? TWO : image(`chain-${index + 1}`),
    ),
  );

/** Several rules, one after the other and one on top of the other. */
export const RULE_CASES: readonly PolicyCase[] = [
  {
    title: 'What no rule denies is allowed: a policy of ALLOW alone allows everything',
    asks: from('one'),
    policy: [allow(TWO)],
    ends: { holds: 'one' },
  },
  {
    title: 'A later ALLOW wins over a DENY',
    asks: from('one'),
    policy: [deny('docker-image://*'), allow('docker-image://REGISTRY/one*')],
    ends: { holds: 'one' },
  },
  {
    title: 'A later DENY wins over an ALLOW',
    asks: from('one'),
    policy: [allow('docker-image://REGISTRY/one*'), deny('docker-image://*')],
    ends: deniedAtResolve(ONE),
  },
  {
    title: 'A CONVERT ends the pass, and what was denied before it is not',
    asks: from('one'),
    policy: [deny(ONE), convert(ONE, TWO)],
    ends: { holds: 'two' },
  },
  {
    title: 'A CONVERT to something denied is refused, by the name of what it was converted to',
    asks: from('one'),
    policy: [convert(ONE, TWO), deny('docker-image://*/two:*')],
    ends: deniedAtResolve(TWO),
  },
  {
    title: 'A CONVERT that changes nothing does not end the pass',
    asks: from('one'),
    policy: [convert(ONE, ONE), deny(ONE)],
    ends: deniedAtResolve(ONE),
  },
  {
    title: 'The first of two CONVERTs of an image is the one',
    asks: from('one'),
    policy: [convert(ONE, TWO), convert(ONE, image('three'))],
    ends: { holds: 'two' },
  },
  {
    title: 'Conversions go on from what they made, whatever the order of the rules',
    asks: from('one'),
    policy: [convert(TWO, image('three')), convert(ONE, TWO)],
    ends: { holds: 'three' },
  },
  {
    title: 'Twenty conversions of one source are as many as there may be',
    asks: from('one'),
    policy: chain(20),
    ends: { holds: 'two' },
  },
  { title: 'Twenty-one are too many', asks: from('one'), policy: chain(21), ends: TOO_MANY },
  {
    title: 'Two conversions into each other are too many',
    asks: from('one'),
    policy: [convert(ONE, TWO), convert(TWO, ONE)],
    ends: TOO_MANY,
  },
  {
    title: 'A conversion that feeds itself is too many',
    asks: from('one'),
    policy: [convert('docker-image://REGISTRY/one:*', 'docker-image://REGISTRY/one:${1}-x')],
    ends: TOO_MANY,
  },
  {
    title: 'A CONVERT without updates fails the build that it matches in',
    asks: from('one'),
    policy: [{ action: 'CONVERT', selector: { identifier: ONE } }],
    ends: {
      fails:
        'could not resolve image due to policy: error mutating source policy: missing destination for convert rule',
    },
  },
  {
    title: 'A CONVERT with empty updates takes its own pattern for the image',
    asks: from('one'),
    policy: [{ action: 'CONVERT', selector: { identifier: '*/one:1' }, updates: {} }],
    ends: { fails: 'failed to parse */one:1: invalid' },
  },
  {
    title: 'A CONVERT to an image without docker-image:// before it fails',
    asks: from('one'),
    policy: [convert(ONE, 'REGISTRY/two:1')],
    ends: { fails: 'failed to parse REGISTRY/two:1: invalid' },
  },
  {
    title: 'A CONVERT to an image that there is not fails by that name',
    asks: from('one'),
    policy: [convert(ONE, image('four'))],
    ends: { fails: 'REGISTRY/four:1: not found' },
  },
  {
    title: 'A CONVERT of a base to what is no image fails',
    asks: from('one'),
    policy: [convert(ONE, 'http://REGISTRY/v2/one/manifests/1')],
    ends: {
      fails: `ref mutated by policy to non-image: ${ONE} -> http://REGISTRY/v2/one/manifests/1`,
    },
  },
  {
    title: 'An expression that RE2 refuses fails the first source of the build, whatever the rule is about',
    asks: from('one'),
    policy: [deny('docker-image://(', { match_type: 'REGEX' })],
    ends: {
      fails:
        'error evaluating the source policy: error matching source policy: error parsing regexp: missing closing ): `docker-image://(`',
    },
  },
  {
    title: 'A rule for a tag does not take the reference with its digest',
    asks: { kind: 'from', ref: 'REGISTRY/one:1@DIGEST(one)' },
    policy: [convert(ONE, TWO)],
    ends: { holds: 'one' },
  },
  {
    title: 'A star after the @ takes every digest of a tag',
    asks: { kind: 'from', ref: 'REGISTRY/one:1@DIGEST(one)' },
    policy: [convert(`${ONE}@*`, TWO)],
    ends: { holds: 'two' },
  },
  {
    title: 'A rule for digests takes an image without one when the build is loaded',
    asks: from('one'),
    policy: [convert(`${ONE}@*`, TWO)],
    ends: { holds: 'two' },
  },
  {
    title: 'A CONVERT may pin what it puts in the place',
    asks: from('one'),
    policy: [convert(ONE, 'docker-image://REGISTRY/two@DIGEST(two)')],
    ends: { holds: 'two' },
  },
  {
    title: 'A CONVERT may keep the digest that was asked for',
    asks: { kind: 'from', ref: 'REGISTRY/rare:1@DIGEST(mirror/rare)' },
    policy: [convert('docker-image://REGISTRY/rare:1@*', 'docker-image://REGISTRY/mirror/rare@${1}')],
    ends: { holds: 'mirror/rare' },
  },
  {
    title: 'A pinned image that a rule denies by its digest is refused',
    asks: { kind: 'from', ref: 'REGISTRY/one@DIGEST(one)' },
    policy: [deny('*@DIGEST(one)')],
    ends: deniedAtResolve('docker-image://REGISTRY/one@DIGEST(one)'),
  },
];
