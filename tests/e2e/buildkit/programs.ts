import { fileURLToPath } from 'node:url';
import type { GoProgram } from '../../oracle/go.ts';

/** Programs of BuildKit's, which no one here wrote, as tools of a module of their own: one module, built from one cache. */
const tool = (name: string): GoProgram => ({
  module: fileURLToPath(new URL('.', import.meta.url)),
  package: `github.com/moby/buildkit/${name}`,
});

export const DOCKERFILE_FRONTEND = tool('frontend/dockerfile/cmd/dockerfile-frontend');
export const BUILDKITD = tool('cmd/buildkitd');
export const BUILDCTL = tool('cmd/buildctl');
