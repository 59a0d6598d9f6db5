/** Architectures that a processor of another runs by itself, as containerd's default platforms know them. */
const ALSO_RUNS: Readonly<Record<string, readonly string[]>> = { amd64: ['386'], arm64: ['arm'] };

/**
 * Whether a program of a platform runs on the build platform without an emulator. Both are normalized
 * (`os/arch[/variant]`). A variant asks for a newer processor, not for an emulator.
 */
export function runsNatively(platform: string, buildPlatform: string): boolean {
  const [os, architecture = ''] = platform.split('/');
  const [buildOs, buildArchitecture = ''] = buildPlatform.split('/');
  if (os !== buildOs) return false;
  return architecture === buildArchitecture || (ALSO_RUNS[buildArchitecture] ?? []).includes(architecture);
}
