import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatBakeData } from '../bake/bakeData.ts';
import { matrixJsonSchema } from '../matrix/jsonSchema.ts';
import type { Matrix } from '../matrix/types.ts';
import { MARKER_FILE } from '../oci/markerFiles.ts';
import { rulesPage } from '../policy/lint/rulesPage.ts';
import { planFile, type PlannedFile } from '../policy/plannedFile.ts';
import { planPolicies } from '../policy/planPolicies.ts';
import { readIfThere } from '../policy/textFile.ts';
import { reportJsonSchema } from '../report/schema.ts';
import { committedBakeData } from './committedBakeData.ts';

/** Where generated files go in a project that is verified. */
export interface ProjectPlaces {
  policies: string;
}

/** Where they go in a clone of this project, which also holds what bake by hand needs, and pages that are made of the code. */
export interface GeneratedPlaces extends ProjectPlaces {
  /** The clone. */
  folder: string;
  bakeData: string;
  /** The folder that holds `<platform>/platform-marker` for bake by hand. */
  markers: string;
  schemas: string;
}

/**
 * Everything that is generated, and what generating makes of each file: the one list that `make generate` carries out,
 * `make check-generated` holds against what is there, and `make diff` looks for hand edits in.
 *
 * @param forced names of distros whose policy is to be written anew whatever a person has done to it.
 * @throws {Fault} when a file, or the record of what was generated, cannot be read.
 */
export async function planGenerated(
  matrix: Matrix,
  places: ProjectPlaces | GeneratedPlaces,
  forced: readonly string[] = [],
): Promise<PlannedFile[]> {
  return [
    ...('bakeData' in places ? await planClone(matrix, places) : []),
    ...(await planPolicies(matrix.distros, places.policies, forced)),
  ];
}

async function planClone(matrix: Matrix, places: GeneratedPlaces): Promise<PlannedFile[]> {
  const platforms = new Set(matrix.distros.flatMap((distro) => distro.platforms));
  const files: [file: string, text: string][] = [
    [places.bakeData, formatBakeData(committedBakeData(matrix))],
    ...[...platforms].map((platform): [string, string] => [
      join(places.markers, platform, MARKER_FILE),
      platform,
    ]),
    [join(places.schemas, 'distros.schema.json'), matrixJsonSchema()],
    [join(places.schemas, 'report.schema.json'), reportJsonSchema()],
    [join(places.folder, 'docs/lint-rules.md'), rulesPage()],
  ];
  return [
    ...(await Promise.all(files.map(([file, text]) => planFile(file, text)))),
    ...(await leftMarkers(places.markers, platforms)),
  ];
}

/** Markers of platforms that no distro has any more, as they were generated. */
async function leftMarkers(folder: string, platforms: ReadonlySet<string>): Promise<PlannedFile[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const left = names
    .map((name) => ({ platform: dirname(name), file: join(folder, name) }))
    .filter(({ platform, file }) => file === join(folder, platform, MARKER_FILE) && !platforms.has(platform));
  const ours = await Promise.all(
    left.map(async ({ platform, file }) => (await readIfThere(file)) === platform),
  );
  return left
    .filter((_, at) => ours[at])
    .map(({ platform, file }) => ({
      file,
      state: 'removed',
      reason: `no distro is verified on ${platform}`,
    }));
}
