import { existsSync } from 'node:fs';
import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCommand } from '../../lib/engine/command.ts';
import { CommandError } from '../../lib/engine/commandError.ts';
import { downloadForMachine, privateApt } from '../../lib/engine/privateApt.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import { withEnv } from '../withEnv.ts';

/**
 * A repository with one package, signed with a key that was thrown away, and the public half of that and of another one. Made
 * with dpkg-deb and `gpg --clearsign`.
 */
const FIXTURE = fileURLToPath(new URL('../fixtures/apt', import.meta.url));
const RELEASE = 'dists/stable/InRelease';
const PACKAGES = 'dists/stable/main/binary-amd64/Packages';
const PACKAGE = 'pool/signed_1_all.deb';

/** Fetches the package of a repository, as the engine's packages are fetched. Returns the names of the files that came. */
async function fetchPackage(repository: string, keyring: string, folder: string): Promise<boolean> {
  const machine = { architecture: 'amd64', sources: [], mirror: '', keyring: join(FIXTURE, keyring) };
  const sources = [{ uri: `copy:${repository}`, suite: 'stable' }];
  const { env, cwd } = await privateApt(folder, sources, machine, 'empty');
  await runCommand('apt-get', ['--yes', 'download', 'signed'], { env, cwd });
  return existsSync(join(cwd, 'signed_1_all.deb'));
}

async function change(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'latin1');
  assert.ok(text.includes(from));
  await writeFile(file, text.replace(from, to), 'latin1');
}

/** A Release file that says the same and is signed by nobody. */
async function unsign(repository: string): Promise<void> {
  const signed = await readFile(join(repository, RELEASE), 'utf8');
  const [, text = ''] = /^Hash: .*\n\n([^]*?)-----BEGIN PGP SIGNATURE/m.exec(signed) ?? [];
  assert.match(text, /^Origin: test\n/);
  await rm(join(repository, RELEASE));
  await writeFile(join(repository, 'dists/stable/Release'), text);
}

const refused: [what: string, keyring: string, spoil: (repository: string) => Promise<void>, says: RegExp][] =
  [
    ['is signed by another key', 'other.gpg', () => Promise.resolve(), /NO_PUBKEY|not signed|isn't signed/],
    [
      'was changed after it was signed',
      'keyring.gpg',
      (repository) => change(join(repository, RELEASE), 'Origin: test', 'Origin: tost'),
      /BADSIG|not signed|invalid/i,
    ],
    ['is not signed', 'keyring.gpg', unsign, /not signed/],
    [
      'is not there',
      'keyring.gpg',
      (repository) => rename(join(repository, RELEASE), join(repository, 'dists/stable/gone')),
      /does not have a Release file|Failed to fetch|Unable to find/,
    ],
    [
      'names a list of packages that is another one now',
      'keyring.gpg',
      (repository) => change(join(repository, PACKAGES), 'Version: 1', 'Version: 2'),
      /Hash Sum mismatch|unexpected size/i,
    ],
    [
      'leads to a package that is another one now',
      'keyring.gpg',
      async (repository) => {
        const file = join(repository, PACKAGE);
        const bytes = await readFile(file);
        bytes.writeUInt8(bytes.readUInt8(bytes.length - 5) ^ 1, bytes.length - 5);
        await writeFile(file, bytes);
      },
      /Hash Sum mismatch/i,
    ],
  ];

if (existsSync('/usr/bin/apt-get')) {
  test('a package of a repository that is signed by the machine’s key is fetched', () =>
    inTempDirectory(async (folder) => {
      assert.ok(await fetchPackage(join(FIXTURE, 'repository'), 'keyring.gpg', join(folder, 'apt')));
    }));

  for (const [what, keyring, spoil, says] of refused) {
    test(`nothing is fetched where the Release file ${what}`, () =>
      inTempDirectory(async (folder) => {
        const repository = join(folder, 'repository');
        await cp(join(FIXTURE, 'repository'), repository, { recursive: true });
        await spoil(repository);
        const error = await fetchPackage(repository, keyring, join(folder, 'apt')).catch(
          (caught: unknown) => caught,
        );
        assert.instance(error, CommandError, String(error));
        assert.match((error as CommandError).output, says);
        assert.not(existsSync(join(folder, 'apt/archives/signed_1_all.deb')));
      }));
  }

  /** Fetches for a machine that has the sound repository as its main suite and one that was spoilt as its updates. */
  async function fetchBesides(
    spoil: (repository: string) => Promise<void>,
    folder: string,
  ): Promise<{ fetched: boolean; said: string[] }> {
    const [main, updates] = [join(folder, 'debian'), join(folder, 'debian-updates')];
    for (const copy of [main, updates]) await cp(join(FIXTURE, 'repository'), copy, { recursive: true });
    await spoil(updates);
    const sources = [main, updates].map((repository) => ({ uri: `copy:${repository}`, suite: 'stable' }));
    const keyring = join(FIXTURE, 'keyring.gpg');
    const machine = { architecture: 'amd64', sources, mirror: `copy:${main}`, keyring };
    const said: string[] = [];
    const say = (line: string) => said.push(line);
    const archives = await downloadForMachine(join(folder, 'apt'), ['signed'], machine, { say });
    return { fetched: existsSync(join(archives, 'signed_1_all.deb')), said };
  }

  for (const [what, , spoil] of refused.slice(1, 3)) {
    test(`nothing is fetched for a machine where the Release file of its updates ${what}`, () =>
      inTempDirectory(async (folder) => {
        const error = await fetchBesides(spoil, folder).catch((caught: unknown) => caught);
        assert.instance(error, CommandError, JSON.stringify(error));
      }));
  }

  test('nothing is fetched where a person’s language is another one', () =>
    inTempDirectory(async (folder) => {
      await withEnv({ LANGUAGE: 'de' }, async () => {
        const error = await fetchBesides(unsign, folder).catch((caught: unknown) => caught);
        assert.instance(error, CommandError, JSON.stringify(error));
        assert.match((error as CommandError).output, 'is not signed');
      });
    }));

  test('updates that a mirror has broken are left out, and that is said', () =>
    inTempDirectory(async (folder) => {
      const spoil = (repository: string) => change(join(repository, PACKAGES), 'Version: 1', 'Version: 2');
      const { fetched, said } = await fetchBesides(spoil, folder);
      assert.ok(fetched);
      assert.match(said.join('\n'), /^stable cannot be read; without its updates: E: .*Hash Sum mismatch/);
      assert.is(said.length, 1);
    }));
} else process.stdout.write('skipped: apt’s signatures: there is no apt-get\n');

test.run();
