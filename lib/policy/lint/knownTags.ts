const HUB = 'docker-image://docker.io/library/';

/** Real tags of images that people write policies about, such that one tag starts another. */
const TAGS: Readonly<Record<string, readonly string[]>> = {
  almalinux: ['8', '8-init', '8-minimal', '8.10', '9', '9-init', '9-minimal', '9.4'],
  alpine: ['3', '3.18', '3.19', '3.20', '3.21', 'edge', 'latest'],
  busybox: ['1', '1.36', '1.36-glibc', '1.36-musl', '1.36.1', 'latest'],
  debian: [
    ...['bookworm', 'bookworm-backports', 'bookworm-slim', 'bullseye', 'bullseye-backports', 'bullseye-slim'],
    ...[
      'trixie',
      'trixie-backports',
      'trixie-slim',
      'sid',
      'sid-slim',
      'stable',
      'stable-backports',
      'stable-slim',
    ],
    ...[
      '11',
      '11-slim',
      '11.11',
      '12',
      '12-slim',
      '12.5',
      '13',
      '13-slim',
      'testing',
      'testing-slim',
      'latest',
    ],
  ],
  fedora: ['39', '40', '41', '42', 'latest', 'rawhide'],
  golang: [
    '1',
    '1.21',
    '1.21-alpine',
    '1.22',
    '1.22-alpine',
    '1.22-bookworm',
    '1.22.5',
    '1.23',
    '1.23-alpine',
    '1.23-bookworm',
  ],
  nginx: [
    '1',
    '1-alpine',
    '1.27',
    '1.27-alpine',
    'alpine',
    'alpine-slim',
    'latest',
    'mainline',
    'mainline-alpine',
    'stable',
    'stable-alpine',
  ],
  node: [
    '18',
    '18-alpine',
    '18-slim',
    '20',
    '20-alpine',
    '20-slim',
    '22',
    '22-alpine',
    '22-slim',
    'lts',
    'lts-alpine',
    'lts-slim',
  ],
  postgres: [
    '15',
    '15-alpine',
    '15-bookworm',
    '16',
    '16-alpine',
    '16-bookworm',
    '17',
    '17-alpine',
    '17-bookworm',
  ],
  python: [
    '3',
    '3-alpine',
    '3-slim',
    '3.11',
    '3.11-alpine',
    '3.11-slim',
    '3.12',
    '3.12-alpine',
    '3.12-slim',
    '3.13',
    '3.13-slim',
  ],
  rockylinux: ['8', '8-minimal', '8.9', '9', '9-minimal', '9-ubi', '9.3'],
  ubuntu: [
    ...[
      'bionic',
      'bionic-20230530',
      'focal',
      'focal-20240530',
      'jammy',
      'jammy-20240808',
      'noble',
      'noble-20240801',
    ],
    ...['18.04', '20.04', '22.04', '22.10', '24.04', '24.10', 'latest', 'rolling', 'devel'],
  ],
};

/** Endings that images of any kind are found with. */
const COMMON_ENDINGS = ['-slim', '-alpine', '-minimal', '.1'] as const;

/** Whether Docker Hub has an official image of this name; only the most usual are known. */
export function isOfficialImage(name: string): boolean {
  return Object.hasOwn(TAGS, name);
}

/**
 * Images whose tag starts with another one's: `real` are tags that exist, and where none is known `likely` has such
 * as images commonly have.
 *
 * @param image `docker-image://docker.io/library/debian:book`, with at least one character of the tag.
 */
export function longerTags(image: string): { real: string[] } | { likely: string[] } {
  const colon = image.lastIndexOf(':');
  const name = image.startsWith(HUB) ? image.slice(HUB.length, colon) : '';
  const tag = image.slice(colon + 1);
  const known = isOfficialImage(name) ? (TAGS[name] ?? []) : [];
  const real = known.filter((other) => other.startsWith(tag) && other !== tag);
  if (real.length >= 2) return { real };
  return { likely: COMMON_ENDINGS.map((ending) => tag + ending) };
}
