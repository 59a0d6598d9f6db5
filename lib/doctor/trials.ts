import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askRegistry } from '../base/registryBase.ts';
import type { Builder } from '../engine/builder.ts';
import { runCommand } from '../engine/command.ts';
import { CommandError } from '../engine/commandError.ts';
import type { DockerCli } from '../engine/dockerCli.ts';
import { tryBuilder } from '../engine/tryBuilder.ts';
import { spellOption } from '../fault/spelling.ts';
import type { Distro } from '../matrix/types.ts';
import { emulatorFor, tryCanaries } from '../proof/canary.ts';
import { formatRemoteRepository, type RemoteRepository } from '../registry/push/remoteRepository.ts';
import { good, limited, missing, type Finding } from './finding.ts';
import { fixFor } from './fixes.ts';
import { listHandlers } from './machine.ts';

const REGISTRY_MS = 5_000;

/** Where the engine behind a CLI keeps images; undefined where there is no engine. */
export async function findStore(
  cli: Pick<DockerCli, 'docker' | 'env'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const args = ['info', '--format', '{{.Driver}} {{json .DriverStatus}}'];
  try {
    const { stdout } = await runCommand(cli.docker, args, { env: cli.env, signal, timeout: 5_000 });
    const driver = stdout.trim().split(' ')[0] ?? '';
    if (driver === '') return undefined;
    return stdout.includes('io.containerd.snapshotter')
      ? `containerd image store (${driver})`
      : `classic store (${driver})`;
  } catch (error) {
    if (!(error instanceof CommandError) || error.cancelled) throw error;
    return undefined;
  }
}

/** Builds for two platforms, exports an OCI layout, and pulls it from the builder's loopback. */
export async function tryOutput(builder: Builder, signal: AbortSignal): Promise<Finding> {
  const trial = await tryBuilder(builder, signal);
  return 'unfit' in trial ? missing('output', `it ${trial.unfit}`, fixFor(trial.unfit)) : output();
}

/** What was tried in finding the builder already; `registry` is where it was pulled from, where that is not loopback. */
export function output(registry?: RemoteRepository): Finding {
  const from = registry === undefined ? 'loopback' : formatRemoteRepository(registry);
  return good('output', `an OCI layout of linux/amd64 and linux/arm64 was built, and pulled from ${from}`);
}

/** Runs the canaries of these platforms: whether anything foreign runs on the builder, and not only what is registered. */
export async function tryEmulators(
  builder: Builder,
  platforms: readonly string[],
  dockerfile: string,
  signal: AbortSignal,
): Promise<Finding> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-marker-doctor-'));
  try {
    const [canaries, handlers] = await Promise.all([
      tryCanaries({ builder, platforms, folder, dockerfile, signal }),
      listHandlers(),
    ]);
    const registered = handlers.length === 0 ? '' : `; the host’s binfmt_misc has ${handlers.join(', ')}`;
    const reason = [builder.platform, ...platforms]
      .map((platform) => emulatorFor(platform, canaries, builder.platform))
      .find((why) => why !== undefined);
    if (reason === undefined) {
      const refused = canaries.filter(({ outcome }) => outcome === 'refused').length;
      const where = registered === '' ? '' : `${registered}, out of its reach`;
      return good(
        'emulators',
        `none answers: ${refused} of ${canaries.length - 1} foreign canaries refused${where}`,
      );
    }
    return limited(
      'emulators',
      `${reason.replace(/\. [^.]* keeps it out of reach$/, '')}${registered}`,
      `its cells are unproven: use ${spellOption('BUILDER', 'sealed')}, or take the emulators out: docker run --privileged --rm tonistiigi/binfmt --uninstall "*"`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Asks each registry for one base of its own. Nothing of it is fetched. */
export async function askRegistries(
  builder: Builder,
  distros: readonly Distro[],
  signal: AbortSignal,
): Promise<Finding[]> {
  const hosts = new Map(distros.map(({ ref, baseRef }) => [ref.domain, baseRef]));
  return Promise.all([...hosts].map(([host, ref]) => ask(builder, host, ref, signal)));
}

async function ask(builder: Builder, host: string, ref: string, signal: AbortSignal): Promise<Finding> {
  const topic = `registry ${host}`;
  const fix = `bases from it are made from Debian’s packages or stand-ins: give their layouts with ${spellOption('BASES', '<folder>')}`;
  const slow = AbortSignal.timeout(REGISTRY_MS);
  try {
    const answer = await askRegistry(builder, ref, AbortSignal.any([signal, slow]));
    if ('unreachable' in answer) return limited(topic, `cannot be reached: ${answer.unreachable}`, fix);
    if ('refused' in answer)
      return limited(
        topic,
        `answers, but not for ${ref}: ${answer.refused}`,
        `docker login ${host}, if it needs that`,
      );
    return good(topic, `answers for ${ref}`);
  } catch (error) {
    if (!slow.aborted || signal.aborted) throw error;
    return limited(topic, `cannot be reached: no answer within ${REGISTRY_MS / 1000} seconds`, fix);
  }
}
