import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Builder } from './builder.ts';
import { runBuildx } from './buildx.ts';
import { writeContextFile } from './contextFile.ts';
import { normalizedPlatform } from './dockerCli.ts';

const DOCKERFILE = `FROM scratch
ARG BUILDPLATFORM
COPY <<EOF /build-platform
$BUILDPLATFORM
EOF
`;
const TRY_MS = 60_000;

/**
 * What builds of each platform are told that the build platform is, on a builder of several machines: which of them it
 * sends a build to is buildx's own choice, so it is asked. Empty for a builder of one machine.
 */
export async function buildPlatformsOf(
  builder: Builder,
  platforms: readonly string[],
  signal?: AbortSignal,
): Promise<Record<string, string>> {
  if (builder.nodes === undefined) return {};
  const folder = await mkdtemp(join(tmpdir(), 'platform-marker-try-'));
  try {
    await writeContextFile(join(folder, 'Dockerfile'), DOCKERFILE);
    const found: Record<string, string> = {};
    for (const [at, platform] of platforms.entries()) {
      const out = join(folder, String(at));
      const args = [
        'build',
        '--provenance=false',
        `--platform=${platform}`,
        `--output=type=local,dest=${out}`,
      ];
      await runBuildx(builder, [...args, folder], { signal, timeout: TRY_MS });
      found[platform] = normalizedPlatform((await readFile(join(out, 'build-platform'), 'utf8')).trim());
    }
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
