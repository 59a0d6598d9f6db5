import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Builder } from '../../lib/engine/builder.ts';

/** A stand-in for the Docker CLI, which does what a test says. It builds nothing. */
export interface FakeDocker {
  /** A folder of the test's own, with the CLI in it as `docker`. */
  folder: string;
  builder: Builder;
  /** The arguments of every call so far, each call as one line. */
  calls: () => Promise<string[]>;
}

/**
 * Runs a test with such a CLI, and takes it away afterwards.
 *
 * @param script for sh, run in each call: `$*` are the arguments, `$FOLDER` the test's folder; `has TARGET` is true when
 *   the call builds that bake target.
 */
export async function withFakeDocker<T>(
  script: string,
  run: (docker: FakeDocker) => Promise<T>,
  builder: Partial<Builder> = {},
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-marker-docker-'));
  const docker = join(folder, 'docker');
  const log = join(folder, 'calls');
  const lines = [
    '#!/bin/sh',
    `FOLDER='${folder}'`,
    `echo "$*" >>'${log}'`,
    'has() { case " $ALL " in *" $1 "*) return 0 ;; esac; return 1; }',
    'ALL=$*',
    script,
  ];
  try {
    await writeFile(docker, lines.join('\n') + '\n');
    await chmod(docker, 0o755);
    return await run({
      folder,
      builder: { ...BUILDER, docker, buildx: [docker, 'buildx'], ...builder },
      calls: async () => (await readFile(log, 'utf8').catch(() => '')).split('\n').filter(Boolean),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const BUILDER: Omit<Builder, 'docker' | 'buildx'> = {
  kind: 'given',
  name: 'fake (docker)',
  driver: 'docker',
  env: {},
  enter: [],
  sealed: false,
  exclusive: false,
  platform: 'linux/amd64',
  versions: { buildx: '0.29.1', buildkit: 'Docker Engine 28.5.2' },
  stop: () => Promise.resolve(),
};
