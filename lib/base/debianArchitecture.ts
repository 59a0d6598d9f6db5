/** By architecture; where variants make a difference, by variant as well. */
const DEBIAN: Readonly<Record<string, string>> = {
  amd64: 'amd64',
  arm64: 'arm64',
  'arm/v8': 'armhf',
  'arm/v7': 'armhf',
  // Debian's armhf is for v7, and its armel for v5 and later.
  'arm/v6': 'armel',
  'arm/v5': 'armel',
  '386': 'i386',
  loong64: 'loong64',
  mips64le: 'mips64el',
  mipsle: 'mipsel',
  ppc64le: 'ppc64el',
  riscv64: 'riscv64',
  s390x: 's390x',
};

/**
 * Debian's name for a platform's architecture, or undefined where it has no port of that name. A release may lack it
 * all the same. Debian builds each for its oldest processor, so a newer variant (`linux/amd64/v3`) has the same one.
 */
export function debianArchitecture(platform: string): string | undefined {
  const [os, architecture = '', variant = ''] = platform.split('/');
  if (os !== 'linux') return undefined;
  const name = architecture === 'arm' ? `arm/${variant}` : architecture;
  return Object.hasOwn(DEBIAN, name) ? DEBIAN[name] : undefined;
}
