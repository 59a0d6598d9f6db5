import {
  allow,
  convert,
  deniedAtLoad,
  deniedAtResolve,
  deny,
  from,
  image,
  type PolicyCase,
} from './policyCase.ts';

const EXACT = { match_type: 'EXACT' } as const;
const WILDCARD = { match_type: 'WILDCARD' } as const;
const REGEX = { match_type: 'REGEX' } as const;

const ONE = image('one');
const ONE_PINNED = `${ONE}@DIGEST(one)`;
const pinned = { kind: 'from', ref: 'REGISTRY/one:1@DIGEST(one)' } as const;
const IMAGES = deny('docker-image://*');

/** Each action with each match type, and what an update can take from a match. */
export const MATCH_CASES: readonly PolicyCase[] = [
  {
    title: 'ALLOW EXACT of a tag is no help when the build is loaded: there the image has its digest',
    asks: from('one'),
    policy: [IMAGES, allow(ONE, EXACT)],
    ends: deniedAtLoad(ONE_PINNED),
  },
  {
    title: 'ALLOW EXACT takes the reference with its digest',
    asks: pinned,
    policy: [IMAGES, allow(ONE_PINNED, EXACT)],
    ends: { holds: 'one' },
  },
  {
    title: 'ALLOW WILDCARD takes the tag with and without its digest',
    asks: from('one'),
    policy: [IMAGES, allow(`${ONE}*`, WILDCARD)],
    ends: { holds: 'one' },
  },
  {
    title: 'ALLOW REGEX is found anywhere in the identifier',
    asks: from('one'),
    policy: [IMAGES, allow('/one:[0-9]', REGEX)],
    ends: { holds: 'one' },
  },
  {
    title: 'ALLOW without a match type is a WILDCARD',
    asks: from('one'),
    policy: [IMAGES, allow('docker-image://*/one:*')],
    ends: { holds: 'one' },
  },
  {
    title: 'DENY EXACT refuses the identifier',
    asks: from('one'),
    policy: [deny(ONE, EXACT)],
    ends: deniedAtResolve(ONE),
  },
  {
    title: 'DENY EXACT takes a star for a star',
    asks: from('one'),
    policy: [deny('docker-image://*', EXACT)],
    ends: { holds: 'one' },
  },
  {
    title: 'DENY WILDCARD refuses what its stars take in',
    asks: from('one'),
    policy: [deny('docker-image://*/one:*', WILDCARD)],
    ends: deniedAtResolve(ONE),
  },
  {
    title: 'DENY WILDCARD has no other special character than the star',
    asks: from('one'),
    policy: [deny('docker-image://*/on?:*', WILDCARD), deny('docker-image://*/[o]ne:*', WILDCARD)],
    ends: { holds: 'one' },
  },
  {
    title: 'DENY REGEX refuses what matches from start to end',
    asks: from('one'),
    policy: [deny('^docker-image://[^/]+/(?:one|two):1$', REGEX)],
    ends: deniedAtResolve(ONE),
  },
  {
    title: 'DENY REGEX that ends with the tag does not take the reference with its digest',
    asks: pinned,
    policy: [deny('/one:1$', REGEX)],
    ends: { holds: 'one' },
  },
  {
    title: 'DENY without a match type is a WILDCARD',
    asks: from('one'),
    policy: [deny('*/one:*')],
    ends: deniedAtResolve(ONE),
  },
  {
    title: 'CONVERT EXACT puts another image in the place',
    asks: from('one'),
    policy: [convert(ONE, image('two'), EXACT)],
    ends: { holds: 'two' },
    older: { before: 'v0.31', ends: { holds: 'one' } },
  },
  {
    title: 'CONVERT WILDCARD without a star takes that one identifier',
    asks: from('one'),
    policy: [convert(ONE, image('two'), WILDCARD)],
    ends: { holds: 'two' },
  },
  {
    title: 'CONVERT WILDCARD puts what its star took into the update',
    asks: from('one'),
    policy: [convert('docker-image://REGISTRY/on*:1', 'docker-image://REGISTRY/mirror/on${1}:1')],
    ends: { holds: 'mirror/one' },
  },
  {
    title: 'CONVERT WILDCARD counts its stars',
    asks: from('mirror/one'),
    policy: [convert('docker-image://*/mirror/*:*', 'docker-image://${1}/$2:${3}')],
    ends: { holds: 'one' },
  },
  {
    title: 'CONVERT WILDCARD has the whole identifier as ${0}, which changes nothing',
    asks: from('one'),
    policy: [convert('docker-image://REGISTRY/*', '${0}')],
    ends: { holds: 'one' },
  },
  {
    title: 'CONVERT REGEX puts its groups into the update, by number and by name',
    asks: from('one'),
    policy: [convert('^docker-image://([^/]+)/(?P<what>o[a-z]e):1$', 'docker-image://$1/mirror/${what}:1', REGEX)],
    ends: { holds: 'mirror/one' },
  },
  {
    title: 'CONVERT REGEX without anchors replaces only the part that it finds',
    asks: from('one'),
    policy: [convert('one', 'two', REGEX)],
    ends: { holds: 'two' },
  },
  {
    title: 'CONVERT reads $1x as the group called 1x, which there is not',
    asks: from('one'),
    policy: [convert('docker-image://REGISTRY/o*:1', 'docker-image://REGISTRY/two$1x:1')],
    ends: { holds: 'two' },
  },
  {
    title: 'CONVERT without a match type is a WILDCARD',
    asks: from('one'),
    policy: [convert('*/one:*', image('two'))],
    ends: { holds: 'two' },
  },
];
