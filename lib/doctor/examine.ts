import { cacheFolder } from '../engine/cacheFolder.ts';
import type { Builder } from '../engine/builder.ts';
import { inspectBuilder } from '../engine/dockerCli.ts';
import type { BuilderChoice } from '../engine/builderChoice.ts';
import { namedBuilder, ownOfThisShell } from '../engine/findBuilder.ts';
import { findGivenBuilder } from '../engine/givenBuilder.ts';
import { Fault } from '../fault/fault.ts';
import { spellCommand, spellName, spellOption } from '../fault/spelling.ts';
import type { Distro } from '../matrix/types.ts';
import { formatRemoteRepository, type RemoteRepository } from '../registry/push/remoteRepository.ts';
import { good, limited, missing, type Finding } from './finding.ts';
import { fixFor } from './fixes.ts';
import { lookAtFolder, lookAtNode } from './machine.ts';
import { examineOwnEngine, type OwnEngineState } from './ownEngine.ts';
import { askRegistries, findStore, output, tryEmulators, tryOutput } from './trials.ts';

/** What a machine is examined for. */
interface Examination {
  choice: BuilderChoice;
  /** Where images of a run's own would go on a builder that is there. */
  registry: RemoteRepository | undefined;
  /** The distros that would be verified; none where no distros.yaml can be read. */
  distros: readonly Distro[];
  platforms: readonly string[];
  /** What was found out in reading them. */
  findings: readonly Finding[];
  /** The folder of a run's outputs. */
  out: string;
  /** stages/canary.Dockerfile. */
  canary: string;
  say: (line: string) => void;
  signal: AbortSignal;
}

/** What was found, in an order to read it in. A run is possible where nothing is missing. */
export interface Diagnosis {
  canVerify: boolean;
  /** The builder that a run would use, as reports name it; undefined where there is none, or where it is not up. */
  builder: string | undefined;
  findings: readonly Finding[];
}

/**
 * Looks at a machine and tries the builder that a run would take. What it starts ends with it, and what it writes is taken
 * away; only the builder's own cache knows of it.
 */
export async function examine(examination: Examination): Promise<Diagnosis> {
  const { out } = examination;
  const findings: Finding[] = [lookAtNode(process.versions.node), ...examination.findings];
  const chosen = await choose(examination, findings);
  try {
    if (chosen !== undefined) findings.push(...(await tryOut(chosen, examination)));
  } finally {
    await chosen?.builder.stop();
  }
  findings.push(
    await lookAtFolder('cache', cacheFolder(), 'name another folder with PLATFORM_MARKER_CACHE'),
    await lookAtFolder('out', out, `name another folder with ${spellOption('OUT', '<folder>')}`),
  );
  const canVerify = findings.every(({ standing }) => standing !== 'missing');
  return {
    canVerify,
    builder: chosen?.builder.name,
    findings,
  };
}

const REGISTRY = 'marker registry';

interface Chosen {
  builder: Builder;
  /** Whether it was tried in being found. */
  tried: boolean;
}

/** The builder that a run would use, if it is up; says of each why it is or is not. */
async function choose(
  { choice, registry, say, signal }: Examination,
  findings: Finding[],
): Promise<Chosen | undefined> {
  let given: Builder | undefined;
  let [why, driver] = ['', 'docker'];
  if (choice === 'auto') {
    say('trying the builder of docker');
    const found = await findGivenBuilder(signal, registry).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      return error;
    });
    if (found instanceof Fault) {
      findings.push(...found.complaints.map(({ message, next = '' }) => missing(REGISTRY, message, next)));
      return undefined;
    }
    if ('builder' in found) given = found.builder;
    else ({ unfit: why, driver = 'docker' } = found);
  }
  if (given === undefined) say('trying the project’s own engine');
  const own = await examineOwnEngine(given === undefined, signal);
  const ownFinding = describeOwn(own, given !== undefined, choice);
  if (given !== undefined) {
    findings.push(good('builder', `${given.name} would be used`), ownFinding);
    if (registry !== undefined)
      findings.push(
        good(REGISTRY, `${formatRemoteRepository(registry)} takes images, and the builder pulls them`),
      );
    return { builder: given, tried: true };
  }
  if (why !== '' && namedBuilder() !== undefined && (await ownOfThisShell()) === undefined) {
    findings.push(missing('builder', why, fixFor(why)), describeOwn(own, true, choice));
    return undefined;
  }
  if (why !== '') {
    // Another driver's builder has a store of its own, which was tried.
    const store = driver === 'docker' ? await findStore({ docker: 'docker', env: {} }, signal) : undefined;
    findings.push(
      limited('builder', store === undefined ? why : `${why} (its engine has the ${store})`, fixFor(why)),
    );
  }
  findings.push(ownFinding);
  if (registry !== undefined)
    findings.push(
      limited(
        REGISTRY,
        'would be left aside: the project’s own engine pulls the markers from its loopback',
        `leave ${spellName('MARKER_REGISTRY')} out, or name a builder that can build with BUILDX_BUILDER`,
      ),
    );
  return 'builder' in own ? { builder: own.builder, tried: false } : undefined;
}

function describeOwn(own: OwnEngineState, isSpare: boolean, choice: BuilderChoice): Finding {
  const topic = 'own engine';
  if ('impossible' in own) {
    const text = `cannot be started: ${own.impossible}`;
    return isSpare ? limited(topic, text, own.fix) : missing(topic, text, own.fix);
  }
  const unsealed = 'builder' in own ? own.builder.unsealedBecause : own.unsealedBecause;
  const text = wordOf(own, isSpare);
  if (unsealed !== undefined) {
    const fix = 'use Linux 6.7 or later with binfmt_misc';
    return choice === 'sealed'
      ? missing(topic, `${text}, but cannot be sealed: ${unsealed}`, fix)
      : limited(topic, `${text}; not sealed: ${unsealed}`, fix);
  }
  const sealed = `${text}; sealed: no emulator of the host can be reached`;
  const isFetched = 'builder' in own || own.isFetched;
  return isFetched
    ? good(topic, sealed)
    : limited(topic, sealed, `\`${spellCommand('engine')}\` fetches them and starts it`);
}

function wordOf(own: Exclude<OwnEngineState, { impossible: string }>, isSpare: boolean): string {
  if ('builder' in own)
    return own.builder.exclusive ? 'was started, and would be used' : 'is up, and would be used';
  return isSpare
    ? `possible with ${spellOption('BUILDER', 'own')}: ${own.possible}`
    : `would be used: ${own.possible}`;
}

async function tryOut({ builder, tried }: Chosen, examination: Examination): Promise<Finding[]> {
  const { platforms, distros, canary, signal } = examination;
  const registries = askRegistries(builder, distros, signal);
  // Waited for below; a failure of what comes before must not leave it without anyone to catch it.
  registries.catch(() => undefined);
  const [{ buildkit }, store] = await Promise.all([
    inspectBuilder(builder, signal),
    findStore(builder, signal),
  ]);
  const { versions, driver, platform } = builder;
  const kit = /[1-9]/.test(buildkit) && buildkit !== versions.buildkit ? `, BuildKit ${buildkit}` : '';
  const findings = [
    good('versions', `${versions.buildkit}${kit}, buildx ${versions.buildx}`),
    good('store', driver === 'docker' ? (store ?? 'unknown') : `the builder’s own (${driver})`),
    tried ? output(examination.registry) : await tryOutput(builder, signal),
    good('platforms', `builds on ${platform}, for ${platforms.join(', ')}`),
  ];
  findings.push(await tryEmulators(builder, platforms, canary, signal), ...(await registries));
  return findings;
}
