import {
  allow,
  convert,
  deniedAtLoad,
  deniedAtResolve,
  deny,
  from,
  image,
  url,
  type Asks,
  type PolicyCase,
} from './policyCase.ts';

const ONE = image('one');
const TWO = image('two');
const BUSYBOX = 'docker-image://docker.io/library/busybox:latest';
const NOTHING = `sha256:${'0'.repeat(64)}`;

const fromRef = (ref: string): Asks => ({ kind: 'from', ref });
const pulled: Asks = { kind: 'from', ref: 'REGISTRY/one:1', pull: true };
const added: Asks = { kind: 'add', url: url('one') };
const addedWithChecksum: Asks = { ...added, checksum: 'DIGEST(one)' };

const isPull = (condition: 'EQUAL' | 'NOTEQUAL' | 'MATCHES') => ({
  constraints: [{ key: 'image.resolvemode', value: condition === 'MATCHES' ? '^p.*l$' : 'pull', condition }],
});
const hasChecksum = { constraints: [{ key: 'http.checksum', value: '', condition: 'NOTEQUAL' as const }] };
const lacksChecksum = { constraints: [{ key: 'http.checksum', value: '' }] };

/** Images by the names that Docker completes, attributes, and files from a web server. */
export const SOURCE_CASES: readonly PolicyCase[] = [
  {
    title: 'busybox is docker.io/library/busybox:latest',
    asks: fromRef('busybox'),
    policy: [convert(BUSYBOX, TWO)],
    ends: { holds: 'two' },
  },
  {
    title: 'index.docker.io is docker.io',
    asks: fromRef('index.docker.io/busybox'),
    policy: [convert(BUSYBOX, TWO)],
    ends: { holds: 'two' },
  },
  {
    title: 'An image of a user at Docker Hub has no library in its name',
    asks: fromRef('example/app:1'),
    policy: [convert('docker-image://docker.io/example/*', TWO)],
    ends: { holds: 'two' },
  },
  {
    title: 'A rule that names an image as people do matches nothing',
    asks: fromRef('busybox'),
    policy: [deny('docker-image://docker.io/*'), convert('docker-image://busybox', TWO)],
    ends: deniedAtResolve(BUSYBOX),
  },
  {
    title: 'A constraint on an attribute holds when the build is loaded',
    asks: pulled,
    policy: [deny('docker-image://*', isPull('EQUAL'))],
    ends: deniedAtLoad(`${ONE}@DIGEST(one)`),
  },
  {
    title: 'A constraint that an image does not meet keeps the rule from it',
    asks: from('one'),
    policy: [deny('docker-image://*', isPull('EQUAL'))],
    ends: { holds: 'one' },
  },
  {
    title: 'A constraint may be an expression',
    asks: pulled,
    policy: [deny('docker-image://*', isPull('MATCHES'))],
    ends: deniedAtLoad(`${ONE}@DIGEST(one)`),
  },
  {
    title: 'An attribute that is not there is an empty one, as all are when the frontend asks for the config',
    asks: pulled,
    policy: [deny('docker-image://*', isPull('NOTEQUAL'))],
    ends: deniedAtResolve(ONE),
  },
  {
    title: 'An expression of a constraint that RE2 refuses fails the first source of the build',
    asks: from('one'),
    policy: [deny('nothing://', { constraints: [{ key: 'any', value: '(', condition: 'MATCHES' }] })],
    ends: {
      fails:
        'error evaluating the source policy: error matching source policy: invalid regex "(": error parsing regexp: missing closing ): `(`',
    },
  },
  {
    title: 'A file from a web server is allowed where no rule denies it',
    asks: added,
    policy: [deny('https://*')],
    ends: { holds: 'one' },
  },
  { title: 'A file from a web server is denied', asks: added, policy: [deny('http://*')], ends: deniedAtLoad(url('one')) },
  {
    title: 'A file from a web server is converted to another',
    asks: added,
    policy: [convert('http://REGISTRY/v2/one/*', 'http://REGISTRY/v2/two/${1}')],
    ends: { holds: 'two' },
  },
  {
    title: 'A file that is added without a checksum can be denied',
    asks: added,
    policy: [deny('http://*', lacksChecksum)],
    ends: deniedAtLoad(url('one')),
  },
  {
    title: 'A file that is added with a checksum is not one without',
    asks: addedWithChecksum,
    policy: [deny('http://*', lacksChecksum)],
    ends: { holds: 'one' },
  },
  {
    title: 'A CONVERT can set an attribute and leave the identifier: a checksum, which the file has to have',
    asks: added,
    policy: [
      {
        action: 'CONVERT',
        selector: { identifier: url('one'), match_type: 'EXACT' },
        updates: { attrs: { 'http.checksum': NOTHING } },
      },
    ],
    ends: { fails: `digest mismatch DIGEST(one): ${NOTHING}` },
  },
  {
    title: 'Each of two rules for the same identifier has constraints of its own, which denies',
    asks: added,
    policy: [allow('http://*', hasChecksum), deny('http://*', lacksChecksum)],
    ends: deniedAtLoad(url('one')),
    older: { before: 'v0.26', ends: { holds: 'one' } },
  },
  {
    title: 'Each of two rules for the same identifier has constraints of its own, which allows',
    asks: addedWithChecksum,
    policy: [allow('http://*', hasChecksum), deny('http://*', lacksChecksum)],
    ends: { holds: 'one' },
    older: { before: 'v0.26', ends: deniedAtLoad(url('one')) },
  },
];
