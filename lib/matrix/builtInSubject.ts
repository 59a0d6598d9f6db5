import { join } from 'node:path';
import { packageFolder } from './packageFolder.ts';
import type { Subject } from './types.ts';

/** The subject of a distros.yaml that names none: the worker build that comes with this program, wherever it lies. */
export const BUILT_IN_SUBJECT: Subject = {
  name: 'built-in',
  source: { kind: 'dockerfile', dockerfile: join(packageFolder, 'stages/worker.Dockerfile') },
  target: 'worker',
  workerContext: 'worker',
  args: { BASE: '{base}', INSTALL: '{install}', PACKAGE: '{package}', RELEASE: '{release}' },
};
