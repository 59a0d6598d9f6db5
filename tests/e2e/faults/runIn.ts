import { join } from 'node:path';
import { execa } from 'execa';
import { CLONE, UNDER_MAKE, type Ended } from '../verbs.ts';

/** `verify` in namespaces of its own, made with these options of unshare(1), in which `before`, a shell script, has run first. */
export async function runIn(
  unshare: readonly string[],
  before: string,
  folder: string,
  variables: Record<string, string>,
): Promise<Ended> {
  const verb = [process.execPath, join(CLONE, 'bin/platform-marker.js'), 'verify'];
  const { exitCode, stdout, stderr } = await execa(
    'unshare',
    [...unshare, 'sh', '-c', `set -eu; ${before}; exec "$@"`, 'sh', ...verb],
    { cwd: folder, env: { NO_COLOR: '1', ...UNDER_MAKE, ...variables }, reject: false, stdin: 'ignore' },
  );
  return { status: exitCode ?? null, stdout, stderr };
}
