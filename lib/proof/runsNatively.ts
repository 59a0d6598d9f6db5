/** Architectures that every processor of another runs by itself. */
const ALSO_RUNS: Readonly<Record<string, readonly string[]>> = { amd64: ['386'] };
/** Those that some do and others do not: many of arm64 have no AArch32, and an emulator in its place. */
const MAY_RUN: Readonly<Record<string, readonly string[]>> = { arm64: ['arm'] };

/**
 * Whether a program of a platform runs on the build platform without an emulator. Both are normalized
 * (`os/arch[/variant]`). A variant asks for a newer processor, not for an emulator.
 */
export function runsNatively(platform: string, buildPlatform: string): boolean {
  const own = (text: string) => text.split('/', 2).join('/');
  return own(platform) === own(buildPlatform) || isListed(ALSO_RUNS, platform, buildPlatform);
}

/**
 * Whether an op of a platform cannot have run on the build platform without an emulator. Where it may be the processor's
 * doing as well, the canaries tell.
 */
export function needsEmulator(platform: string, buildPlatform: string): boolean {
  return !runsNatively(platform, buildPlatform) && !mayRunNatively(platform, buildPlatform);
}

/** Whether that a program of a platform runs on the build platform may be the processor's doing as well as an emulator's. */
export function mayRunNatively(platform: string, buildPlatform: string): boolean {
  return isListed(MAY_RUN, platform, buildPlatform);
}

/** Whether a table has the architecture of a platform below that of the build platform, of the same system. */
function isListed(
  table: Readonly<Record<string, readonly string[]>>,
  platform: string,
  buildPlatform: string,
): boolean {
  const [os, architecture = ''] = platform.split('/');
  const [buildOs, buildArchitecture = ''] = buildPlatform.split('/');
  return os === buildOs && (table[buildArchitecture] ?? []).includes(architecture);
}
