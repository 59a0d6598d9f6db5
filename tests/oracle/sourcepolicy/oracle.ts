import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** BuildKit releases to compare with, and the module file that pins each. */
export const RELEASES = [
  { version: 'v0.34.2', modFile: 'go.mod' },
  // What Docker Engine 28.5 carries.
  { version: 'v0.25.2', modFile: 'buildkit-v0.25.mod' },
] as const;

export type Release = (typeof RELEASES)[number];

/** One case for the oracle: policies as the texts of their files, and a source. */
export interface OracleCase {
  policies: string[];
  identifier: string;
  attrs: Record<string, string>;
}

/** The oracle's verdict, one for each case. `refused`: a policy cannot be read. */
export interface OracleVerdict {
  kind: 'refused' | 'allowed' | 'denied' | 'too-many-changes' | 'error';
  error?: string;
  changed: boolean;
  identifier: string;
  attrs: Record<string, string> | null;
}

/** Why there is no Go here, or undefined where there is. */
export async function whyNoGo(): Promise<string | undefined> {
  const { failed } = await execa('go', ['version'], { reject: false });
  return failed ? 'the command "go" cannot be run' : undefined;
}

/** Builds the oracle for a release, unless it is there already; gives the path of its binary. */
export async function buildOracle({ modFile }: Release): Promise<string> {
  const folder = join(cacheFolder(), 'platform-marker', 'oracle');
  await mkdir(folder, { recursive: true });
  const { stdout: goVersion } = await execa('go', ['version']);
  const sources = await Promise.all(
    ['main.go', modFile, modFile.replace(/\.mod$/, '.sum')].map((name) => readFile(join(HERE, name))),
  );
  const hash = createHash('sha256').update(goVersion);
  for (const source of sources) hash.update(source);
  const binary = join(folder, `sourcepolicy-${hash.digest('hex').slice(0, 16)}`);
  if (await exists(binary)) return binary;
  const unfinished = `${binary}.${process.pid}`;
  await execa('go', ['build', '-buildvcs=false', `-modfile=${modFile}`, '-o', unfinished, '.'], {
    cwd: HERE,
    env: { GOCACHE: join(folder, 'go-build') },
  });
  await rename(unfinished, binary);
  return binary;
}

/** Has the oracle judge cases, in their order. */
export async function askOracle(binary: string, cases: readonly OracleCase[]): Promise<OracleVerdict[]> {
  const input = cases.map((each) => JSON.stringify(each)).join('\n');
  const { stdout } = await execa(binary, [], { input, maxBuffer: 1e9 });
  return stdout.split('\n').map((line) => JSON.parse(line) as OracleVerdict);
}

function cacheFolder(): string {
  const { PLATFORM_MARKER_CACHE, XDG_CACHE_HOME } = process.env;
  return PLATFORM_MARKER_CACHE ?? XDG_CACHE_HOME ?? join(homedir(), '.cache');
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
