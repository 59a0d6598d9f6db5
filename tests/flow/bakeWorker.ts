import type { BakeWorker } from '../../lib/bake/bakeData.ts';

/** A worker of a Dockerfile that is not there, unless a test says otherwise. */
export function bakeWorker(name: string, change: Partial<BakeWorker> = {}): BakeWorker {
  return {
    name,
    context: '.',
    dockerfile: 'Dockerfile',
    target: '',
    args: {},
    contexts: {},
    platforms: ['linux/amd64', 'linux/arm64'],
    probe: {},
    out: `out/${name}`,
    ...change,
  };
}
