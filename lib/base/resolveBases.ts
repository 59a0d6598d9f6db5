import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pLimit from 'p-limit';
import type { Builder } from '../engine/builder.ts';
import { CommandError, runCommand } from '../engine/command.ts';
import { wrongInput } from '../fault/fault.ts';
import type { Distro } from '../matrix/types.ts';
import { openLayout } from '../oci/blobs.ts';
import type { Base } from './base.ts';
import { bootstrapDebian } from './bootstrap.ts';
import { makeStandIn } from './standIn.ts';

/** A distro's base, or why there is none. */
export type ResolvedBase = { base: Base } | { problem: string };

export interface ResolveOptions {
  distros: readonly Distro[];
  builder: Builder;
  /** A folder with an OCI layout `<distro>` for each distro that the person brings. */
  layouts?: string | undefined;
  /** Makes a bootstrap or a stand-in an error. */
  requireReal: boolean;
  say: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** Two at a time, as many as there are cores on a small machine: making a root is work for one core. */
const AT_ONCE = 2;
/** What a client says when it could not even speak to a registry. */
const UNREACHABLE =
  /no such host|dial tcp|i\/o timeout|connection (refused|reset)|network is unreachable|deadline exceeded|tls: |x509: |proxyconnect|EOF$/i;
const ASK_MS = 15_000;

/**
 * Each distro's base, by preference: a layout that the person gives, the registry, Debian's own packages, a stand-in.
 * Whether a registry can be reached is found out once for each registry host. Returns a map by the distro's name.
 * Throws a Fault (wrong input) where a real base is required and cannot be had.
 */
export async function resolveBases(options: ResolveOptions): Promise<Map<string, ResolvedBase>> {
  const { distros, requireReal, layouts, say } = options;
  if (layouts !== undefined && !distros.some(({ name }) => existsSync(join(layouts, name)))) {
    throw wrongInput({
      message: `BASES=${layouts} holds no base: expected an OCI layout ${distros.map(({ name }) => join(layouts, name)).join(' or ')}`,
      next: 'write one with `docker buildx build --output type=oci,tar=false,dest=<folder>`',
    });
  }
  const unreachable = await unreachableRegistries(options);
  for (const [host, why] of unreachable) say(`registry ${host} cannot be reached: ${why}`);
  const limit = pLimit(AT_ONCE);
  const entries = await Promise.all(
    distros.map((distro) =>
      limit(async () => [distro.name, await resolveBase(distro, unreachable, options)] as const),
    ),
  );
  const bases = new Map(entries);
  if (requireReal) refuseUnreal(distros, bases);
  return bases;
}

function refuseUnreal(distros: readonly Distro[], bases: ReadonlyMap<string, ResolvedBase>): void {
  const unreal = distros.flatMap(({ name, baseRef }) => {
    const found = bases.get(name);
    const kind = found && 'base' in found ? found.base.kind : undefined;
    return kind === 'bootstrap' || kind === 'stand-in'
      ? [{ message: `${name}: ${baseRef} cannot be had, only a ${kind}` }]
      : [];
  });
  const [first, ...rest] = unreal;
  if (first === undefined) return;
  const next = 'give its layout with BASES=<folder>, or leave --require-real-bases out';
  throw wrongInput(
    [first, ...rest].map((complaint, at, all) =>
      at === all.length - 1 ? { ...complaint, next } : complaint,
    ),
  );
}

/** By registry host, why it cannot be reached. Any answer at all, a refusal too, means that it can. */
async function unreachableRegistries({
  distros,
  builder,
  layouts,
  signal,
}: ResolveOptions): Promise<Map<string, string>> {
  const wanted = distros.filter(({ name }) => layouts === undefined || !existsSync(join(layouts, name)));
  const hosts = new Map(wanted.map(({ ref, baseRef }) => [ref.domain, baseRef]));
  const asked = await Promise.all(
    [...hosts].map(async ([host, ref]) => {
      const answer = await askRegistry(builder, ref, signal);
      return 'unreachable' in answer ? [[host, answer.unreachable] as const] : [];
    }),
  );
  return new Map(asked.flat());
}

type RegistryAnswer = { digest: string } | { unreachable: string } | { refused: string };

async function askRegistry(builder: Builder, ref: string, signal?: AbortSignal): Promise<RegistryAnswer> {
  const args = ['buildx', 'imagetools', 'inspect', ref, '--format', '{{.Manifest.Digest}}'];
  try {
    const { stdout } = await runCommand(builder.docker, args, { env: builder.env, signal, timeout: ASK_MS });
    return { digest: stdout.trim() };
  } catch (error) {
    if (!(error instanceof CommandError) || error.cancelled) throw error;
    if (error.timedOut) return { unreachable: `no answer within ${ASK_MS / 1000} seconds` };
    const line = (error.output.trim().split('\n').at(-1) ?? '').replace(/^ERROR:\s*/, '');
    return UNREACHABLE.test(line)
      ? { unreachable: line.split(': ').slice(-2).join(': ') }
      : { refused: line };
  }
}

async function resolveBase(
  distro: Distro,
  unreachable: ReadonlyMap<string, string>,
  options: ResolveOptions,
): Promise<ResolvedBase> {
  const { builder, layouts, say, signal } = options;
  if (layouts !== undefined && existsSync(join(layouts, distro.name))) {
    return { base: await layoutBase('layout', resolve(layouts, distro.name), distro.baseRef) };
  }
  if (!unreachable.has(distro.ref.domain)) {
    const answer = await askRegistry(builder, distro.baseRef, signal);
    if (!('digest' in answer)) return { problem: `${distro.baseRef}: ${Object.values(answer).join('')}` };
    const name = distro.baseRef.replace(/@.*$/, '');
    return {
      base: {
        kind: 'registry',
        ref: distro.baseRef,
        digest: answer.digest,
        context: `docker-image://${name}@${answer.digest}`,
      },
    };
  }
  if (distro.bootstrap !== undefined) {
    try {
      const { suite } = distro.bootstrap;
      const layout = await bootstrapDebian({
        suite,
        platforms: distro.platforms,
        buildPlatform: builder.platform,
        say,
        signal,
      });
      return { base: await layoutBase('bootstrap', layout, distro.baseRef) };
    } catch (error) {
      if (!(error instanceof CommandError) || error.cancelled) throw error;
      say(`${distro.name}: no base could be made from Debian’s packages; using a stand-in\n${error.message}`);
    }
  }
  const layout = await makeStandIn(distro.name, distro.osRelease, distro.platforms);
  return { base: await layoutBase('stand-in', layout, distro.baseRef) };
}

async function layoutBase(kind: Base['kind'], folder: string, ref: string): Promise<Base> {
  const layout = await openLayout(folder);
  try {
    const { digest } = layout.index.manifests[0] ?? {};
    if (digest === undefined || layout.index.manifests.length > 1) {
      throw wrongInput({
        message: `${folder} does not hold exactly one image`,
        next: 'write it with `docker buildx build --output type=oci,tar=false`',
      });
    }
    return { kind, ref, digest, context: `oci-layout://${folder}@${digest}` };
  } finally {
    await layout.close();
  }
}
