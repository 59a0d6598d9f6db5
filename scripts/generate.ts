// `make generate`: writes everything that follows from distros.yaml.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { chalk, echo, path } from 'zx';
import { formatBakeData } from '../lib/bake/bakeData.ts';
import { project } from '../lib/cli/paths.ts';
import { runVerb } from '../lib/cli/runVerb.ts';
import { committedBakeData } from '../lib/flow/committedBakeData.ts';
import { writeMarkerContent } from '../lib/flow/markerContent.ts';
import { matrixJsonSchema } from '../lib/matrix/jsonSchema.ts';
import { readMatrix } from '../lib/matrix/readMatrix.ts';
import { writePolicies } from '../lib/policy/writePolicies.ts';
import { reportJsonSchema } from '../lib/report/schema.ts';

const program = new Command('generate').description('write docker-bake.json, the policies and the schemas');

await runVerb(program, async () => {
  const matrix = await readMatrix(project.distros);
  const platforms = [...new Set(matrix.distros.flatMap((distro) => distro.platforms))];

  await writeIfChanged(project.bakeData, formatBakeData(committedBakeData(matrix)));
  await writeMarkerContent(
    project.markers,
    Object.fromEntries(platforms.map((marker) => [marker, { marker }])),
  );
  await writeIfChanged(path.join(project.schemas, 'distros.schema.json'), matrixJsonSchema());
  await writeIfChanged(path.join(project.schemas, 'report.schema.json'), reportJsonSchema());
  for (const { file, state, reason } of await writePolicies(matrix.distros, project.policies)) {
    say(state, file, reason);
  }
  return 0;
});

async function writeIfChanged(file: string, text: string): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before !== text) {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  say(before === text ? 'unchanged' : 'written', file);
}

function say(state: string, file: string, reason?: string): void {
  const word =
    state === 'kept' ? chalk.yellow(state) : state === 'unchanged' ? chalk.dim(state) : chalk.green(state);
  echo(`${word} ${path.relative(project.folder, file)}${reason === undefined ? '' : `: ${reason}`}`);
}
