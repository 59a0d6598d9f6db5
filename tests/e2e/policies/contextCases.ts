import {
  allow,
  convert,
  deniedAtLoad,
  deniedAtResolve,
  deny,
  from,
  image,
  type Asks,
  type PolicyCase,
} from './policyCase.ts';

const ONE = image('one');
const TWO = image('two');
const GIVEN = 'oci-layout://docker.io/library/given@DIGEST(one)';

const copied: Asks = { kind: 'copy' };
const layout: Asks = { kind: 'named', context: 'oci-layout://LAYOUT(one)' };
const namedImage: Asks = { kind: 'named', context: ONE };

/** What a build gets from the machine that it is started on: Dockerfile, build context, named contexts. */
export const CONTEXT_CASES: readonly PolicyCase[] = [
  {
    title: 'A policy that denies all and forgets local:// refuses the Dockerfile',
    asks: from('one'),
    policy: [deny('*'), allow('docker-image://REGISTRY/*')],
    ends: deniedAtLoad('local://dockerfile'),
  },
  {
    title: 'A policy that denies all but local:// and a registry does what it is for',
    asks: from('one'),
    policy: [deny('*'), allow('local://*'), allow('docker-image://REGISTRY/*')],
    ends: { holds: 'one' },
  },
  {
    title: 'A policy that denies all but local:// refuses other images',
    asks: from('one'),
    policy: [deny('*'), allow('local://*'), allow('docker-image://docker.io/*')],
    ends: deniedAtResolve(ONE),
  },
  {
    title: 'The build context is a source, where a build copies from it',
    asks: copied,
    policy: [deny('local://context')],
    ends: deniedAtLoad('local://context'),
  },
  {
    title: 'A build that copies nothing from its context never asks for it',
    asks: from('one'),
    policy: [deny('local://context')],
    ends: { holds: 'one' },
  },
  {
    title: 'The build context is allowed where no rule denies it',
    asks: copied,
    policy: [deny('docker-image://*')],
    ends: { holds: 'context' },
  },
  {
    title: 'The build context can be converted to an image',
    asks: copied,
    policy: [convert('local://context', TWO)],
    ends: { holds: 'two' },
  },
  {
    title: 'An OCI layout as a named context is allowed where no rule denies it',
    asks: layout,
    policy: [deny('docker-image://*')],
    ends: { holds: 'one' },
  },
  {
    title: 'An OCI layout as a named context goes by the name of the context, as an image, and its digest',
    asks: layout,
    policy: [deny('oci-layout://docker.io/library/given@*')],
    ends: deniedAtResolve(GIVEN),
  },
  {
    title: 'An OCI layout as a named context can be converted to an image',
    asks: layout,
    policy: [convert('oci-layout://*', TWO)],
    ends: { holds: 'two' },
  },
  {
    title: 'An image as a named context is converted like any other',
    asks: namedImage,
    policy: [convert(ONE, TWO)],
    ends: { holds: 'two' },
  },
  {
    title: 'An image as a named context is loaded without its digest',
    asks: namedImage,
    policy: [deny(`${ONE}@*`)],
    ends: { holds: 'one' },
  },
  {
    title: 'An image as a named context can be converted to the build context',
    asks: namedImage,
    policy: [convert(ONE, 'local://context')],
    ends: { holds: 'context' },
  },
];
