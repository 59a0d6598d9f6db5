// `make doctor`: what this machine can do, what it lacks, and what to do about that.
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { echo } from 'zx';
import { doctorOptions, readDoctorOptions } from '../lib/cli/doctorOptions.ts';
import { formatDiagnosis } from '../lib/cli/doctorText.ts';
import { own, project } from '../lib/cli/paths.ts';
import type { VerbRun } from '../lib/cli/runVerb.ts';
import { examine } from '../lib/doctor/examine.ts';
import { readDistros } from '../lib/doctor/readDistros.ts';
import { EXIT } from '../lib/fault/fault.ts';

export const program = new Command('doctor').description(
  'what this machine can do, and a fix for what it lacks',
);
for (const option of doctorOptions) program.addOption(option);

export const run: VerbRun = async (given, { say, signal }) => {
  const { choice, registry, out, json } = readDoctorOptions(given);
  const { distros, platforms, findings } = await readDistros(project.distros);
  const canary = join(own.stages, 'canary.Dockerfile');
  const diagnosis = await examine({
    choice,
    registry,
    distros,
    platforms,
    findings,
    out: resolve(out),
    canary,
    say,
    signal,
  });
  echo(json ? JSON.stringify({ version: 1, ...diagnosis }, null, 2) : formatDiagnosis(diagnosis));
  return diagnosis.canVerify ? EXIT.verified : EXIT.noBuilder;
};
