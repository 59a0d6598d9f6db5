import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheSubfolder, makeOnce } from '../../../lib/engine/cacheFolder.ts';
import { hasCommand, runCommand } from '../../../lib/engine/command.ts';
import { CommandError, logEnd } from '../../../lib/engine/commandError.ts';
import { buildGo } from '../../../tests/oracle/go.ts';

/** A program that people read a file of an image with. */
export interface Peer {
  /** Its name, or its path where it is not on the PATH. */
  program: string;
  /** Variables that it needs. */
  env?: Readonly<Record<string, string>>;
  /** Why there is none. */
  missing?: string;
}

export type PeerName = 'regctl' | 'crane' | 'skopeo' | 'umoci';

/** Takes what is installed, builds regctl and crane where Go is there, and unpacks Debian's skopeo and umoci. */
export async function findPeers(
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Record<PeerName, Peer>> {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const regctl = {
    module: join(here, '../../../tests/oracle/regctl'),
    package: 'github.com/regclient/regclient/cmd/regctl',
  };
  const crane = { module: join(here, 'crane'), package: 'github.com/google/go-containerregistry/cmd/crane' };
  return {
    regctl: await findOrBuild('regctl', regctl, say),
    crane: await findOrBuild('crane', crane, say),
    skopeo: await findOrUnpack('skopeo', say, signal),
    umoci: await findOrUnpack('umoci', say, signal),
  };
}

async function findOrBuild(
  name: string,
  source: Parameters<typeof buildGo>[0],
  say: (line: string) => void,
): Promise<Peer> {
  if (await hasCommand(name)) return { program: name };
  if (!(await hasCommand('go')))
    return { program: name, missing: 'not installed, and no Go to build it with' };
  say(`${name}, built unless it is there`);
  return buildGo(source).then((program) => ({ program }), missing(name));
}

/** A Debian package with what it needs and the machine lacks, unpacked into a folder of our own. */
async function findOrUnpack(name: string, say: (line: string) => void, signal: AbortSignal): Promise<Peer> {
  if (await hasCommand(name)) return { program: name };
  const unpacked = makeOnce(await cacheSubfolder('tools'), `${name}-1`, async (work) => {
    say(`${name}, from Debian’s package`);
    await unpackPackage(name, work, signal);
  });
  return unpacked.then(async (made) => {
    const libraries = (await readdir(join(made, 'usr/lib')).catch(() => [])).map((folder) =>
      join(made, 'usr/lib', folder),
    );
    return { program: join(made, 'usr/bin', name), env: { LD_LIBRARY_PATH: libraries.join(':') } };
  }, missing(name));
}

async function unpackPackage(name: string, work: string, signal: AbortSignal): Promise<void> {
  const archives = join(work, 'archives');
  await mkdir(join(archives, 'partial'), { recursive: true });
  const settings = [`Dir::Cache=${work}`, `Dir::Cache::archives=${archives}`, 'Debug::NoLocking=1'];
  const options = settings.flatMap((setting) => ['-o', setting]);
  const download = ['--yes', '--download-only', '--no-install-recommends', 'install', name];
  await runCommand('apt-get', [...options, ...download], { signal });
  for (const file of (await readdir(archives)).filter((one) => one.endsWith('.deb'))) {
    await runCommand('dpkg-deb', ['--extract', join(archives, file), work], { signal });
  }
  await rm(archives, { recursive: true });
}

function missing(program: string): (error: unknown) => Peer {
  return (error) => {
    if (!(error instanceof CommandError) || error.cancelled) throw error;
    return { program, missing: `could not be had: ${logEnd(error.output).split('\n').at(-1) ?? ''}` };
  };
}
