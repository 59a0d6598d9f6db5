import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Builder } from '../engine/builder.ts';
import { runBuildx } from '../engine/buildx.ts';
import { CommandError } from '../engine/commandError.ts';
import { NO_ANSWER, tryImage } from '../engine/tryBuild.ts';
import { imageName } from '../matrix/imageRef.ts';
import type { Distro } from '../matrix/types.ts';
import { formatPlatform, platformOf } from '../oci/platform.ts';
import type { OciPlatform } from '../oci/types.ts';
import type { Base } from './base.ts';
import { keepKnownImage, readKnownImage, type KnownImage } from './knownImages.ts';
import { substitutes, takenFrom } from './takenFrom.ts';

/**
 * What a registry has under a reference, or why that is not known. An index comes with the platforms that it holds,
 * normalized, where it names each; the manifest of one platform alone does not say which that is.
 */
export type RegistryAnswer =
  { digest: string; platforms?: readonly string[] } | { unreachable: string } | { refused: string };

/** What a client says when it could not even speak to a registry. */
const UNREACHABLE =
  /no such host|dial tcp|i\/o timeout|connection (refused|reset)|network is unreachable|deadline exceeded|tls: |x509: |proxyconnect|EOF$/i;
const ASK_MS = 15_000;
/**
 * The tag under which the plain base is named to BuildKit, beside its digest, which alone decides. It is no base's own:
 * a policy that takes a base in every digest form would take a control's plain base too.
 */
const PLAIN_TAG = 'platform-marker-plain';

/** Asks a registry for a reference, as the person that the CLI is logged in as. */
export async function askRegistry(
  builder: Builder,
  ref: string,
  signal?: AbortSignal,
): Promise<RegistryAnswer> {
  try {
    // buildx answers a format that begins with `{{.Manifest` with its table for people.
    const manifest = (await inspect(builder, ref, '{{json .Manifest}}', signal)) as {
      digest: string;
      manifests?: { platform?: OciPlatform }[];
    };
    const { digest, manifests } = manifest;
    const platforms = platformsOf(manifests ?? []);
    return { digest, ...(platforms === undefined ? {} : { platforms }) };
  } catch (error) {
    if (!(error instanceof CommandError) || error.cancelled) throw error;
    if (error.timedOut) return { unreachable: `no answer within ${ASK_MS / 1000} seconds` };
    const line = (error.output.trim().split('\n').at(-1) ?? '').replace(/^ERROR:\s*/, '');
    return UNREACHABLE.test(line)
      ? { unreachable: withoutResolver(line.split(': ').slice(-2).join(': ')) }
      : { refused: line };
  }
}

/**
 * A distro's base as its registry has it, or why it has none that can be used. It is kept for a run that cannot reach the
 * registry (see `rememberedBase`).
 */
export async function registryBase(
  builder: Builder,
  distro: Pick<Distro, 'baseRef' | 'ref' | 'platforms'>,
  signal?: AbortSignal,
): Promise<{ base: Base } | { problem: string }> {
  const { baseRef, ref } = distro;
  const answer = await askRegistry(builder, baseRef, signal);
  if (!('digest' in answer)) return { problem: `${baseRef}: ${Object.values(answer).join('')}` };
  const { digest } = answer;
  const held =
    answer.platforms ?? (await configuredPlatforms(builder, `${imageName(ref)}@${digest}`, signal));
  // What cannot be kept is lacked by a later run without a network, and not by this one.
  await keepKnownImage(baseRef, { digest, held, at: new Date().toISOString() }).catch(() => undefined);
  return baseOf(distro, { digest, held });
}

/**
 * A distro's base as its registry had it when it was last asked, where the builder still holds it for every platform, and
 * when that was. Undefined where it was never asked, or the builder would have to fetch it again; `silent` where it waited for
 * the registry in vain.
 */
export async function rememberedBase(
  builder: Builder,
  distro: Pick<Distro, 'baseRef' | 'ref' | 'platforms'>,
  signal?: AbortSignal,
): Promise<{ base: Base; at: string } | 'silent' | undefined> {
  const known = await readKnownImage(distro.baseRef);
  if (known === undefined) return undefined;
  const found = baseOf(distro, known);
  if ('problem' in found) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'platform-marker-held-'));
  try {
    const image = found.base.context.replace(/^docker-image:\/\//, '');
    const lacks = await tryImage(builder, image, {
      folder,
      platforms: distro.platforms,
      timeout: ASK_MS,
      signal,
    });
    if (lacks === NO_ANSWER) return 'silent';
    return lacks === undefined ? { base: found.base, at: known.at } : undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The base that an index of that digest is, which holds those platforms. BuildKit takes the manifest of one platform for any,
 * with no more than a warning, and from an index the next best that the processor runs.
 */
function baseOf(
  { baseRef, ref, platforms }: Pick<Distro, 'baseRef' | 'ref' | 'platforms'>,
  { digest, held }: Pick<KnownImage, 'digest' | 'held'>,
): { base: Base } | { problem: string } {
  const { missing, instead } = takenFrom(held, platforms);
  if (missing.length > 0) {
    const has = held.length === 1 ? 'is an image of' : 'has images of';
    return {
      problem: `${baseRef} ${has} ${held.join(', ') || 'nothing'} alone, and not of ${missing.join(', ')}`,
    };
  }
  const context = `docker-image://${imageName(ref)}:${PLAIN_TAG}@${digest}`;
  return { base: { kind: 'registry', ref: baseRef, digest, context, ...substitutes(instead) } };
}

/**
 * Those of an index's images, without attestations, which are of the platform unknown/unknown. Undefined where one has no
 * platform (image-spec 1.1 `image-index.md`: optional), for its config then has it.
 */
function platformsOf(manifests: readonly { platform?: OciPlatform }[]): string[] | undefined {
  const named = manifests.flatMap(({ platform }) => (platform === undefined ? [] : formatPlatform(platform)));
  if (named.length < manifests.length || named.length === 0) return undefined;
  return named.filter((platform) => !platform.startsWith('unknown/'));
}

/** Those that the images' configs name: buildx gives one config as it is, and several by their platforms. */
async function configuredPlatforms(builder: Builder, ref: string, signal?: AbortSignal): Promise<string[]> {
  const image = (await inspect(builder, ref, '{{json .Image}}', signal)) as object;
  const configs =
    'os' in image ? [image as OciPlatform] : Object.values(image as Record<string, OciPlatform>);
  return configs.flatMap((config) => {
    const platform = platformOf(config);
    return platform === undefined ? [] : formatPlatform(platform);
  });
}

async function inspect(
  builder: Builder,
  ref: string,
  format: string,
  signal?: AbortSignal,
): Promise<unknown> {
  const args = ['imagetools', 'inspect', ref, '--format', format];
  const { stdout } = await runBuildx(builder, args, { signal, timeout: ASK_MS });
  return JSON.parse(stdout);
}

/** Who was asked for the address says nothing that a person could mend: `lookup registry.example on 10.0.0.2:53: no such host`. */
function withoutResolver(text: string): string {
  return text.replace(/^lookup \S+ on \S+: /, '');
}
