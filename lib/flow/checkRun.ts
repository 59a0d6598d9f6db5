import { openLayout } from '../oci/blobs.ts';
import { findFiles, type FoundFile } from '../oci/findFile.ts';
import { listImages } from '../oci/images.ts';
import { MARKER_FILE, SEAL_FILE } from '../oci/markerFiles.ts';
import { LayoutError } from '../oci/layoutError.ts';
import { formatPlatform } from '../oci/platform.ts';
import { parsePolicy, type PolicyFile } from '../policy/parsePolicy.ts';
import { emulatorFor } from '../proof/canary.ts';
import { elfArchitecture, elfMachineOf, type ElfMachine } from '../proof/canaryElf.ts';
import { execOpsOf, type ExecOp } from '../proof/execOps.ts';
import { judge, type CellEvidence } from '../proof/judge.ts';
import type { BuildStep } from '../proof/llb.ts';
import { holdsMarker, materialsOf, type Material } from '../proof/materials.ts';
import { readMetadata, type Metadata, type Provenance } from '../proof/provenance.ts';
import { rootOf, type RootPart } from '../proof/root.ts';
import { seal } from '../proof/seal.ts';
import type { Judgement } from '../proof/verdict.ts';
import { provenanceOfFolder } from '../proof/provenanceOfFolder.ts';
import type { Policy } from '../policy/types.ts';
import { cleanLog } from './cleanLog.ts';
import { layoutEvidence, readEvidence, type Evidence } from './evidence.ts';
import type { BuiltCell, RunRecord } from './runRecord.ts';

/** A program of a worker's: where it lies there, and its ELF header. */
export interface WorkerProgram extends ElfMachine {
  path: string;
}

/** A cell with its verdict and what it rests on. */
export interface CheckedCell extends Judgement {
  cell: BuiltCell;
  marker: string | undefined;
  /** Of the marker image's index. */
  markerDigest: string | undefined;
  materials: readonly Material[];
  /** The platform of the machine that built it. */
  machine: string;
  execOps: readonly ExecOp[];
  /** The build's ops; empty where there is no provenance. */
  steps: readonly BuildStep[];
  /** The source policies that it was built under. */
  policies: readonly PolicyFile[];
  /** What the worker's root was made from; empty where that cannot be told. */
  root: readonly RootPart[];
  /** What the built-in subject says it installed, as it wrote it. */
  installed: string | undefined;
  /** The program that came with it, as its ELF header has it. */
  program?: WorkerProgram;
  /** The end of the log of a build that failed. */
  log: string | undefined;
}

const MARKER = `/${MARKER_FILE}`;
const SEAL = `/${SEAL_FILE}`;
const INSTALLED = '/platform-marker.installed';
/** Where stages/probe.Dockerfile puts programs of the worker's base. */
const WITNESSES = ['env', 'apt', 'rpm'].map((name) => ({
  name: `/usr/bin/${name}`,
  path: `/witness/${name}`,
}));

/** What a probe's layout holds for each of its platforms, or why it cannot be judged. */
type Probe = { files: ReadonlyMap<string, ReadonlyMap<string, FoundFile>> } | { problem: string };

/**
 * Judges every cell of a run from the files that its steps left: the probes' layouts, bake's metadata, the canaries.
 * `key` is the key of this clone's seals. Nothing is built and nothing is written.
 *
 * @throws {Fault} (wrong input) where such a file is not what it was when the record was written.
 */
export async function checkRun(record: RunRecord, key: Buffer): Promise<CheckedCell[]> {
  const probes = new Map<string, Probe>();
  const provenances = new Map<string, Metadata>();
  const policies = new Map<string, PolicyFile[]>();
  const checked: CheckedCell[] = [];
  for (const cell of record.cells) {
    const { policyFile = '' } = cell;
    if (cell.outcome.ok) {
      if (!policies.has(policyFile))
        policies.set(policyFile, await readPolicies(policyFile, record.evidence));
      if (!probes.has(cell.layout)) probes.set(cell.layout, await readProbe(cell.layout, record));
      if (!provenances.has(cell.metadata)) {
        provenances.set(cell.metadata, await readProvenance(cell.metadata, record));
      }
    }
    checked.push(
      checkCell(cell, record, key, {
        probe: probes.get(cell.layout),
        metadata: provenances.get(cell.metadata),
        policies: policies.get(policyFile) ?? [],
      }),
    );
  }
  return checked;
}

async function readProvenance(file: string, record: RunRecord): Promise<Metadata> {
  const text = (await readEvidence(file, record.evidence))?.toString('utf8') ?? '';
  const askedFor = new Map(
    record.cells.filter((cell) => cell.metadata === file).map(({ target, platforms }) => [target, platforms]),
  );
  return readMetadata(text, file, (target) => askedFor.get(target) ?? []);
}

async function readProbe(path: string, record: RunRecord): Promise<Probe> {
  const cells = record.cells.filter(({ layout }) => layout === path);
  const platforms = cells[0]?.platforms ?? [];
  await readEvidence(layoutEvidence(path), record.evidence);
  try {
    const layout = await openLayout(path);
    try {
      const { images } = await listImages(layout);
      const found = images.map(({ platform }) => platform).sort();
      if (found.join() !== [...platforms].sort().join()) {
        return { problem: `it holds ${found.join(', ') || 'no image'}, asked for ${platforms.join(', ')}` };
      }
      const files = new Map<string, ReadonlyMap<string, FoundFile>>();
      for (const image of images) {
        const paths = cells.filter(({ platform }) => platform === image.platform).flatMap(pathsOf);
        files.set(image.platform, await findFiles(layout, image, paths));
      }
      return { files };
    } finally {
      await layout.close();
    }
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    return { problem: error.message };
  }
}

/** Where the evidence of a cell lies in its probe's layout. */
function pathsOf({ folder, program }: BuiltCell): string[] {
  const paths = [MARKER, SEAL, INSTALLED, ...WITNESSES.map(({ path }) => path)];
  return [...paths, ...(program === undefined ? [] : [programInProbe(program)])].map((path) => folder + path);
}

/** What a probe's layout holds for a cell, by the paths in its folder. A link that leads out of it leads to nothing. */
function filesOf(
  probe: Probe | undefined,
  { folder, platform }: BuiltCell,
): Map<string, FoundFile> | undefined {
  const found = probe && 'files' in probe ? probe.files.get(platform) : undefined;
  if (found === undefined) return undefined;
  const isOwn = ([path, file]: [string, FoundFile]) =>
    path.startsWith(`${folder}/`) && `/${file.path}`.startsWith(`${folder}/`);
  return new Map([...found].filter(isOwn).map(([path, file]) => [path.slice(folder.length), file]));
}

/** The policy that a cell was built under. One that cannot be read now can have converted nothing: its build failed. */
async function readPolicies(file: string, evidence: Evidence | undefined): Promise<PolicyFile[]> {
  const bytes = file === '' ? undefined : await readEvidence(file, evidence);
  const read = bytes === undefined ? undefined : parsePolicy(file, bytes);
  return read?.policy === undefined ? [] : [read];
}

/** Why a cell has no provenance, as its metadata was read. */
function problemOf({ target }: BuiltCell, metadata: Metadata | undefined): string | undefined {
  const problem = metadata?.problems.find((one) => one.target === undefined || one.target === target);
  if (problem === undefined) return undefined;
  const { message, next } = problem.complaint;
  return next === undefined ? message : `${message}. ${next}`;
}

/** What was read of the files that a cell's build left. */
interface CellFiles {
  probe: Probe | undefined;
  metadata: Metadata | undefined;
  policies: readonly PolicyFile[];
}

/** Where stages/probe.Dockerfile puts the worker's program. */
function programInProbe(program: string): string {
  return `/program/${program.split('/').at(-1) ?? ''}`;
}

function checkCell(
  cell: BuiltCell,
  record: RunRecord,
  key: Buffer,
  { probe, metadata, policies }: CellFiles,
): CheckedCell {
  const { distro, platform, outcome, control } = cell;
  const made =
    record.markers[
      control !== undefined && record.markers[`${control}/${distro}`] ? `${control}/${distro}` : distro
    ];
  const base = record.bases[distro];
  const rules = policies.flatMap(({ policy }) => policy ?? []);
  const whole = metadata?.targets.get(cell.target)?.get(platform);
  const { provenance, problem } = provenanceOf(whole, cell, rules);
  const materials = provenance === undefined ? [] : materialsOf(provenance);
  const machine = machineOf(provenance, record.builder);
  const execOps = provenance === undefined ? [] : execOpsOf(provenance, machine);
  const files = filesOf(probe, cell);
  const text = (path: string) => files?.get(path)?.content.toString('utf8');
  const baseDigest = base && 'base' in base ? base.base.digest : undefined;
  const seals = baseDigest === undefined ? {} : sealsOf(key, distro, baseDigest, made?.platforms ?? []);
  const emulator = record.allowEmulator
    ? undefined
    : emulatorFor(platform, record.canaries, machine, record.builder.nodes);

  const root = provenance === undefined ? undefined : rootOf(provenance, materials, rules);
  const images = { marker: made?.digest, base: baseDigest };
  const evidence: CellEvidence = {
    platform,
    build: outcome,
    ...(probe === undefined
      ? {}
      : { probe: 'problem' in probe ? probe : { marker: text(MARKER), seal: text(SEAL) } }),
    seals,
    markerIsMaterial:
      provenance === undefined || made === undefined
        ? undefined
        : holdsMarker(materials, made.digest, platform),
    execOps: provenance === undefined ? undefined : execOps,
    noProvenance: provenance === undefined ? (problem ?? problemOf(cell, metadata)) : undefined,
    root,
    images,
    programs: [...witnessesOf(cell, files), ...programOf(cell, files)],
    builtOn: otherMachine(provenance, machine),
    emulator,
  };
  // Judged as it was printed: what is hidden from a reader must change no verdict.
  const judgement = judge(evidence);
  return {
    cell,
    ...judgement,
    detail: cleanLog(judgement.detail),
    marker: text(MARKER),
    markerDigest: made?.digest,
    materials,
    machine,
    execOps,
    steps: provenance?.steps ?? [],
    policies,
    root: root !== undefined && 'parts' in root ? root.parts : [],
    installed: text(INSTALLED),
    ...elfOf(cell, files),
    log: outcome.ok ? undefined : cleanLog(outcome.log),
  };
}

/** That of the cell's own worker, or why it cannot be told from the others' that were built with it. */
function provenanceOf(
  whole: Provenance | undefined,
  { folder }: BuiltCell,
  policies: readonly Policy[],
): { provenance?: Provenance; problem?: string } {
  if (whole === undefined) return {};
  if (folder === '') return { provenance: whole };
  try {
    return { provenance: provenanceOfFolder(whole, folder, policies) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { problem: `the steps of ${folder.slice(1)} cannot be told from the others': ${error.message}` };
  }
}

/** The platform of the machine that built it, as far as it is one that the canaries ran on. */
function machineOf(
  provenance: Provenance | undefined,
  { platform, nodes = [] }: RunRecord['builder'],
): string {
  if (provenance?.builderPlatform === undefined) return platform;
  const builtOn = formatPlatform(provenance.builderPlatform);
  return nodes.some((node) => node.platform === builtOn) ? builtOn : platform;
}

/** The platform of the machine that built it, where it is not one that the canaries ran on. */
function otherMachine(provenance: Provenance | undefined, buildPlatform: string): string | undefined {
  if (provenance?.builderPlatform === undefined) return undefined;
  const platform = formatPlatform(provenance.builderPlatform);
  return platform === buildPlatform ? undefined : platform;
}

/** The seals of a distro's marker image by platform (see `seal`). */
export function sealsOf(
  key: Buffer,
  distro: string,
  baseDigest: string,
  platforms: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    platforms.map((platform) => [platform, seal(key, { distro, platform, baseDigest })]),
  );
}

/** What is no program, as where one binary stands for many tools, says nothing. */
function witnessesOf(
  { platform }: BuiltCell,
  files: ReadonlyMap<string, FoundFile> | undefined,
): CellEvidence['programs'] {
  const expected = platform.split('/')[1] ?? '';
  return WITNESSES.flatMap(({ name, path }) => {
    const file = files?.get(path);
    const elf = file === undefined ? undefined : elfArchitecture(file.content);
    return elf !== undefined && 'architecture' in elf
      ? [{ path: name, expected, found: elf.architecture, of: 'base' as const }]
      : [];
  });
}

function programOf(
  { program, platform }: BuiltCell,
  files: ReadonlyMap<string, FoundFile> | undefined,
): CellEvidence['programs'] {
  if (program === undefined || files === undefined) return [];
  const file = files.get(programInProbe(program));
  const expected = platform.split('/')[1] ?? '';
  const elf = file === undefined ? undefined : elfArchitecture(file.content);
  const found = elf === undefined ? 'not there' : 'architecture' in elf ? elf.architecture : elf.problem;
  return [{ path: program, expected, found, of: 'subject' }];
}

function elfOf(
  { program }: BuiltCell,
  files: ReadonlyMap<string, FoundFile> | undefined,
): { program?: WorkerProgram } {
  const file = program === undefined ? undefined : files?.get(programInProbe(program));
  const elf = file === undefined ? undefined : elfMachineOf(file.content);
  return program === undefined || elf === undefined || 'problem' in elf
    ? {}
    : { program: { path: program, ...elf } };
}
