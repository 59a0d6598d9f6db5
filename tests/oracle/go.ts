import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { test } from 'uvu';

/**
 * Registers a test that needs Go. Where there is none it is skipped and says so; in CI, which has to have Go, it fails.
 */
export async function testWithGo(title: string, run: () => Promise<void>): Promise<void> {
  const { failed } = await execa('go', ['version'], { reject: false });
  if (failed && (process.env['CI'] ?? '') === '') {
    process.stdout.write(`skipped: go is not installed (${title})\n`);
    test.skip(title);
  } else test(title, run);
}

/**
 * Builds a Go program of a module in this folder. What Go keeps for the next time stays in a cache folder.
 *
 * @param module the folder of its go.mod.
 * @param name of the package, `.` for the module's own program.
 * @returns the path of the binary.
 */
export async function buildGo(module: string, name: string): Promise<string> {
  const { PLATFORM_MARKER_CACHE, XDG_CACHE_HOME } = process.env;
  const cache = PLATFORM_MARKER_CACHE ?? XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'platform-marker', 'oracle', module);
  await mkdir(folder, { recursive: true });
  const binary = join(folder, 'oracle');
  const cwd = fileURLToPath(new URL(`${module}/`, import.meta.url));
  await execa('go', ['build', '-buildvcs=false', '-o', binary, name], {
    cwd,
    env: { GOCACHE: join(folder, '..', 'go-build'), GOFLAGS: '-mod=readonly' },
  });
  return binary;
}
