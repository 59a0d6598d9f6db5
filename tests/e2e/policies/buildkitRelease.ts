import type { Builder } from '../../../lib/engine/builder.ts';
import { inspectBuilder } from '../../../lib/engine/dockerCli.ts';

/** The BuildKit in a release of Docker Engine (moby/moby, vendor.mod). */
const IN_ENGINE: Readonly<Record<string, string>> = { '28.5': 'v0.25' };

/**
 * The BuildKit release of a builder. Debian's engine says `v0.0.0+unknown` of the one in it, so that the engine's own
 * version has to tell.
 */
export async function buildkitRelease(builder: Builder): Promise<string> {
  const { buildkit } = await inspectBuilder(builder);
  if (/^v0\.[1-9]/.test(buildkit)) return buildkit;
  const engine = /(\d+\.\d+)\./.exec(builder.versions.buildkit)?.[1] ?? '';
  const release = IN_ENGINE[engine];
  if (release !== undefined) return release;
  throw new Error(
    `which BuildKit is in ${builder.versions.buildkit}? vendor.mod of moby/moby tells; write it down in tests/e2e/policies/buildkitRelease.ts`,
  );
}

/** Whether a BuildKit release came before another one; both are of version 0. */
export function isBefore(release: string, other: string): boolean {
  const minor = (version: string) => Number(/^v0\.(\d+)/.exec(version)?.[1]);
  return minor(release) < minor(other);
}
