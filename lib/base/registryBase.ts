import type { Builder } from '../engine/builder.ts';
import { runBuildx } from '../engine/buildx.ts';
import { CommandError } from '../engine/commandError.ts';
import { imageName } from '../matrix/imageRef.ts';
import type { Distro } from '../matrix/types.ts';
import { formatPlatform, parsePlatform } from '../oci/platform.ts';
import type { Base } from './base.ts';

/** What a registry has under a reference, an index or the manifest of one platform alone, or why that is not known. */
export type RegistryAnswer =
  { digest: string; isIndex: boolean } | { unreachable: string } | { refused: string };

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
      manifests?: unknown[];
    };
    return { digest: manifest.digest, isIndex: manifest.manifests !== undefined };
  } catch (error) {
    if (!(error instanceof CommandError) || error.cancelled) throw error;
    if (error.timedOut) return { unreachable: `no answer within ${ASK_MS / 1000} seconds` };
    const line = (error.output.trim().split('\n').at(-1) ?? '').replace(/^ERROR:\s*/, '');
    return UNREACHABLE.test(line)
      ? { unreachable: line.split(': ').slice(-2).join(': ') }
      : { refused: line };
  }
}

/**
 * A distro's base as its registry has it, or why it has none that can be used: BuildKit refuses an index that lacks a
 * platform, but takes the manifest of one platform for any, with no more than a warning.
 */
export async function registryBase(
  builder: Builder,
  { baseRef, ref, platforms }: Pick<Distro, 'baseRef' | 'ref' | 'platforms'>,
  signal?: AbortSignal,
): Promise<{ base: Base } | { problem: string }> {
  const answer = await askRegistry(builder, baseRef, signal);
  if (!('digest' in answer)) return { problem: `${baseRef}: ${Object.values(answer).join('')}` };
  const { digest, isIndex } = answer;
  const only = isIndex ? undefined : await platformOf(builder, `${imageName(ref)}@${digest}`, signal);
  const missing = only === undefined ? [] : platforms.filter((platform) => platform !== only);
  if (missing.length > 0) {
    return { problem: `${baseRef} is an image of ${only ?? ''} alone, and not of ${missing.join(', ')}` };
  }
  const context = `docker-image://${imageName(ref)}:${PLAIN_TAG}@${digest}`;
  return { base: { kind: 'registry', ref: baseRef, digest, context } };
}

async function platformOf(builder: Builder, ref: string, signal?: AbortSignal): Promise<string> {
  const { os, architecture, variant } = (await inspect(builder, ref, '{{json .Image}}', signal)) as Record<
    string,
    string | undefined
  >;
  return formatPlatform(parsePlatform([os, architecture, variant].filter(Boolean).join('/')));
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
