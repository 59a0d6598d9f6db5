#!/usr/bin/env node
// A package has the verbs built; a clone runs them as they are written, whatever a build may have left in it.
import { existsSync } from 'node:fs';
import { fileURLToPath, URL } from 'node:url';

const written = new URL('../scripts/cli.ts', import.meta.url);

if (existsSync(written)) {
  const { register } = await import('tsx/esm/api');
  // By this project's own tsconfig.json, not that of the folder where a person is.
  register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });
  await import(written.href);
} else {
  await import('../dist/scripts/cli.js');
}
