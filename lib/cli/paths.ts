import { join } from 'node:path';
import { packageFolder as HOME } from '../matrix/packageFolder.ts';

/** Files of the program itself, wherever it is run. */
export const own = {
  bakeFile: join(HOME, 'docker-bake.hcl'),
  stages: join(HOME, 'stages'),
  packageJson: join(HOME, 'package.json'),
};

/** Files of the project that it is run in: the working directory's. */
export const project = {
  folder: process.cwd(),
  distros: join(process.cwd(), 'distros.yaml'),
  policies: join(process.cwd(), 'policies'),
  bakeData: join(process.cwd(), 'docker-bake.json'),
  markers: join(process.cwd(), 'stages/marker'),
  schemas: join(process.cwd(), 'schemas'),
};
