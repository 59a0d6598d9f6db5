import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { own } from '../../lib/cli/paths.ts';
import type { Builder } from '../../lib/engine/builder.ts';
import { runCommand } from '../../lib/engine/command.ts';
import type { RunRecord } from '../../lib/flow/runRecord.ts';
import { readMatrix } from '../../lib/matrix/readMatrix.ts';
import { selectSubject } from '../../lib/matrix/select.ts';
import { timeBareBake } from './bareBake.ts';
import { timed, type Bench } from './bench.ts';
import { ratiosTo, type Row } from './row.ts';
import { callVerb, scriptCommand } from './verb.ts';

/** A project whose runs are compared with bare bakes of the same targets. */
export interface PairedProject {
  /** The folder of distros.yaml, and that of the runs' outputs. */
  folder: string;
  out: string;
  /** Added to the verbs' environment. */
  env?: Readonly<Record<string, string>>;
  builder: Builder;
  /** Behind what the rows are called by: ` of 14 distros`. */
  name: string;
}

const LEFT_OUT =
  'left out, because it takes minutes, and BuildKit may give it up: BARE_MAX=<distros> takes it in';

/** `make verify` in a project, on the project's own engine. Returns how many seconds it took. */
export function timeVerify(
  { folder, out, env = {} }: Pick<PairedProject, 'folder' | 'out' | 'env'>,
  signal: AbortSignal,
  args: readonly string[] = [],
): Promise<number> {
  const given = ['--builder', 'own', '--out', out, ...args];
  return timed(() => callVerb('verify', given, { folder, env, signal }));
}

/**
 * Whole warm runs and bare bakes in turn, and the check of each run once more in a process of its own.
 *
 * @param bare false leaves the bare bakes out.
 */
export async function comparePairs(
  { work, say, signal }: Bench,
  { turns, bare }: { turns: number; bare: boolean },
  project: PairedProject,
): Promise<Row[]> {
  const { folder, out, env = {}, builder, name } = project;
  const matrix = await readMatrix(join(folder, 'distros.yaml'));
  const subject = await selectSubject(matrix, undefined);
  const run = { distros: matrix.distros, subject, project: folder, ...own, builder, say, signal };
  const [verified, baked, judged]: [number[], number[], number[]] = [[], [], []];
  for (let turn = 0; turn < turns; turn++) {
    verified.push(await timeVerify(project, signal));
    judged.push(await timeJudging(folder, out, env, signal));
    if (!bare) continue;
    const record = JSON.parse(await readFile(join(out, 'run/run.json'), 'utf8')) as RunRecord;
    baked.push(await timeBareBake({ ...run, record, work: join(work, 'bare') }));
  }
  const part = 'runs';
  const floor = `bare bake${name}`;
  return [
    { part, what: floor, by: 'docker buildx bake', seconds: baked, ...(bare ? {} : { missing: LEFT_OUT }) },
    {
      part,
      what: `warm run${name}, engine up`,
      by: 'make verify',
      seconds: verified,
      ...(bare ? { against: [{ of: `the ${floor}`, ratios: ratiosTo(baked, verified) }] } : {}),
    },
    {
      part,
      what: 'the check of all its cells',
      by: 'make check',
      seconds: judged,
      against: [{ of: 'the run', ratios: ratiosTo(verified, judged), isPart: true }],
    },
  ];
}

async function timeJudging(
  folder: string,
  out: string,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number> {
  const [file = '', ...args] = scriptCommand('bench/judgeOnce', [out]);
  const { stdout } = await runCommand(file, args, { cwd: folder, env, signal });
  return Number(stdout);
}
