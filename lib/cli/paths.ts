import { join } from 'node:path';
import type { GeneratedPlaces, ProjectPlaces } from '../flow/planGenerated.ts';
import { packageFolder as HOME } from '../matrix/packageFolder.ts';

/** Files of the program itself, wherever it is run. */
export const own = {
  bakeFile: join(HOME, 'docker-bake.hcl'),
  stages: join(HOME, 'stages'),
  packageJson: join(HOME, 'package.json'),
};

/** The distros.yaml that comes with it. */
export const ownDistros = join(HOME, 'distros.yaml');

/** Files of the project that it is run in: the working directory's. */
export const project = {
  folder: process.cwd(),
  distros: join(process.cwd(), 'distros.yaml'),
  policies: join(process.cwd(), 'policies'),
};

/** Where what is generated goes: in another repository only policies are, in the clone of this one all the rest as well. */
export const generated: ProjectPlaces | GeneratedPlaces =
  project.folder === HOME
    ? {
        folder: HOME,
        policies: project.policies,
        bakeData: join(HOME, 'docker-bake.json'),
        markers: join(HOME, 'stages/marker'),
        schemas: join(HOME, 'schemas'),
      }
    : { policies: project.policies };
