import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pLimit from 'p-limit';
import type { Builder } from '../engine/builder.ts';
import { CommandError } from '../engine/commandError.ts';
import { EXIT, Fault, wrongInput } from '../fault/fault.ts';
import { spellName, spellOption } from '../fault/spelling.ts';
import type { Distro } from '../matrix/types.ts';
import type { Base } from './base.ts';
import { bootstrapDebian } from './bootstrap.ts';
import { layoutBase } from './layoutBase.ts';
import { askRegistry, registryBase, rememberedBase } from './registryBase.ts';
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
  /** What a reader of the report has to know as well. */
  note: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** Two at a time, as many as there are cores on a small machine: making a root is work for one core. */
const AT_ONCE = 2;

/**
 * Each distro's base, by preference: a layout that the person gives, the registry, what the builder holds of it from when it
 * could be reached, Debian's own packages, a stand-in.
 * Whether a registry can be reached is found out once for each registry host. Returns a map by the distro's name.
 * Throws a Fault (wrong input) where a real base is required and cannot be had, or what the person gives is unusable.
 */
export async function resolveBases(options: ResolveOptions): Promise<Map<string, ResolvedBase>> {
  const { distros, requireReal, layouts, note } = options;
  requireLayouts(distros, layouts);
  const unreachable = await unreachableRegistries(options);
  for (const [host, why] of unreachable) note(`registry ${host} cannot be reached: ${why}`);
  const registries: Registries = { unreachable, silent: new Set() };
  const limit = pLimit(AT_ONCE);
  const entries = await Promise.all(
    distros.map((distro) =>
      limit(async () => {
        const found = await resolveBase(distro, registries, options);
        const instead = 'base' in found ? Object.entries(found.base.instead ?? {}) : [];
        for (const [platform, taken] of instead)
          note(`${distro.name}: its base has no image of ${platform}, so that of ${taken} is taken for it`);
        return [distro.name, found] as const;
      }),
    ),
  );
  const bases = new Map(entries);
  if (requireReal) refuseUnreal(distros, bases);
  return bases;
}

/** Throws a Fault (wrong input) where the folder of bases that a person gives holds none of them. */
export function requireLayouts(distros: readonly Distro[], layouts: string | undefined): void {
  if (layouts === undefined || distros.some(({ name }) => existsSync(join(layouts, name)))) return;
  throw wrongInput({
    message: `${spellOption('BASES', layouts)} holds no base: expected an OCI layout ${distros.map(({ name }) => join(layouts, name)).join(' or ')}`,
    next: 'write one with `docker buildx build --output type=oci,tar=false,dest=<folder>`',
  });
}

/** mmdebstrap failed, or this machine has nothing to fetch Debian’s packages with. */
function isNoBootstrap(error: unknown): error is CommandError | Fault {
  if (error instanceof CommandError) return !error.cancelled;
  return error instanceof Fault && error.exitStatus === EXIT.noBuilder;
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
  const next = `give its layout with ${spellOption('BASES', '<folder>')}, or leave ${spellName('REQUIRE_REAL_BASES')} out`;
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

/** What was found out about registries, by host. */
interface Registries {
  /** Why they cannot be reached. */
  unreachable: ReadonlyMap<string, string>;
  /** Those that kept a builder waiting. */
  silent: Set<string>;
}

/** What is wrong with a registry's certificate is no reason to do without it. */
const UNTRUSTED = /x509: |tls: /;

/** The base as its registry had it before; one that kept the builder waiting is not waited for again. */
async function rememberedOf(
  distro: Distro,
  { unreachable, silent }: Registries,
  { builder, signal }: ResolveOptions,
): Promise<{ base: Base; at: string } | undefined> {
  const { domain } = distro.ref;
  const why = unreachable.get(domain) ?? '';
  if (UNTRUSTED.test(why) || silent.has(domain)) return undefined;
  const remembered = await rememberedBase(builder, distro, signal);
  if (remembered !== 'silent') return remembered;
  silent.add(domain);
  return undefined;
}

async function resolveBase(
  distro: Distro,
  registries: Registries,
  options: ResolveOptions,
): Promise<ResolvedBase> {
  const { builder, layouts, say, note, signal } = options;
  if (layouts !== undefined && existsSync(join(layouts, distro.name))) {
    return { base: await layoutBase('layout', resolve(layouts, distro.name), distro) };
  }
  if (!registries.unreachable.has(distro.ref.domain)) {
    return registryBase(builder, distro, signal);
  }
  const remembered = await rememberedOf(distro, registries, options);
  if (remembered !== undefined) {
    const { base, at } = remembered;
    note(`${distro.name}: its base is ${base.digest}, as ${base.ref} was on ${at}, which the builder holds`);
    return { base };
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
      return { base: await layoutBase('bootstrap', layout, distro) };
    } catch (error) {
      if (!isNoBootstrap(error)) throw error;
      note(
        `${distro.name}: no base could be made from Debian’s packages; using a stand-in\n${error.message}`,
      );
    }
  }
  const layout = await makeStandIn(distro.name, distro.osRelease, distro.platforms);
  return { base: await layoutBase('stand-in', layout, distro) };
}
