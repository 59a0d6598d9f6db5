import { didYouMean } from '../fault/didYouMean.ts';

/** What stands before `://` in the identifier of a source (BuildKit source/types/types.go). */
export const SCHEMES = [
  'docker-image',
  'git',
  'http',
  'https',
  'local',
  'oci-layout',
  'docker-image+blob',
  'oci-layout+blob',
] as const;

export type Scheme = (typeof SCHEMES)[number];

const HTTP = [
  'http.checksum',
  'http.filename',
  'http.perm',
  'http.uid',
  'http.gid',
  'http.authheadersecret',
  'http.sig.pubkey',
  'http.sig.signature',
];
const BLOB = ['http.filename', 'http.perm', 'http.uid', 'http.gid'];
const OCI = ['oci.session', 'oci.store'];

/** The attributes that a source of a kind may carry (BuildKit solver/pb/attr.go and client/llb/source.go). */
export const ATTRIBUTES: Readonly<Record<Scheme, readonly string[]>> = {
  'docker-image': ['image.resolvemode', 'image.recordtype', 'image.layerlimit', 'image.checksum'],
  git: [
    ...['git.keepgitdir', 'git.fullurl', 'git.authheadersecret', 'git.authtokensecret', 'git.knownsshhosts'],
    ...[
      'git.mountsshsock',
      'git.checksum',
      'git.skipsubmodules',
      'git.mtime',
      'git.fetchbycommit',
      'git.bundle',
    ],
    ...[
      'git.checkoutbundle',
      'git.advice',
      'git.sig.pubkey',
      'git.sig.rejectexpired',
      'git.sig.requiresignedtag',
    ],
    ...['git.sig.ignoresignedtag', ...OCI],
  ],
  http: HTTP,
  https: HTTP,
  local: [
    ...[
      'local.session',
      'local.unique',
      'local.includepattern',
      'local.followpaths',
      'local.excludepatterns',
    ],
    ...['local.sharedkeyhint', 'local.metadatatransfer', 'local.metadatatransferexclude', 'local.differ'],
  ],
  'oci-layout': [...OCI, 'oci.layerlimit'],
  'docker-image+blob': BLOB,
  'oci-layout+blob': [...BLOB, ...OCI],
};

/** How the identifiers of images start. */
export const IMAGE = 'docker-image://';

/** What people write for a scheme of BuildKit's. */
const ALIASES = new Map<string, Scheme>([
  ['docker', 'docker-image'],
  ['image', 'docker-image'],
  ['registry', 'docker-image'],
  ['oci', 'oci-layout'],
  ['context', 'local'],
  ['file', 'local'],
  ['ssh', 'git'],
]);

/** Every attribute that starts with this is a header of an HTTP request. */
export const HTTP_HEADER_PREFIX = 'http.header.';

/** The scheme of an identifier, known or not; undefined where it has none. */
export function schemeOf(identifier: string): string | undefined {
  const end = identifier.indexOf('://');
  return end === -1 ? undefined : identifier.slice(0, end);
}

/** Whether a scheme is one that BuildKit has a source for. */
export function isScheme(scheme: string | undefined): scheme is Scheme {
  return SCHEMES.some((known) => known === scheme);
}

/** The scheme that a person most likely meant, or undefined when none is near. */
export function meantScheme(scheme: string): Scheme | undefined {
  const known = ALIASES.get(scheme) ?? didYouMean(scheme, SCHEMES);
  return isScheme(known) ? known : undefined;
}
