const DEBIAN: Readonly<Record<string, string>> = {
  'linux/amd64': 'amd64',
  'linux/arm64': 'arm64',
  'linux/arm/v7': 'armhf',
  'linux/arm/v5': 'armel',
  'linux/386': 'i386',
  'linux/ppc64le': 'ppc64el',
  'linux/s390x': 's390x',
  'linux/riscv64': 'riscv64',
  'linux/mips64le': 'mips64el',
};

/** Debian's name for a platform's architecture, or undefined where Debian has no port of that name. */
export function debianArchitecture(platform: string): string | undefined {
  return DEBIAN[platform];
}
