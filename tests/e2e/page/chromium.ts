import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheSubfolder, makeOnce } from '../../../lib/engine/cacheFolder.ts';
import { readDebianMachine } from '../../../lib/engine/debianMirror.ts';
import { downloadForMachine, unpack } from '../../../lib/engine/privateApt.ts';
import { prefixEnvironment } from '../../../lib/engine/toolPrefix.ts';

/** A browser, and the environment that it needs. */
export interface Chromium {
  path: string;
  env: Record<string, string>;
}

const SYSTEM = '/usr/bin/chromium';
/** Without a font that the machine has, every letter is a box. */
const PACKAGES = ['chromium', 'fonts-dejavu-core'];
/** Else a page that asks for the system's font gets any at all. */
const SANS =
  '<match><edit name="family" mode="append_last"><string>DejaVu Sans</string></edit></match>' +
  '<alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>';
/** Changes when the list of packages or the way they are unpacked does. */
const PREFIX = 'chromium-1';

/**
 * The system's Chromium, else Debian's packages of it, fetched once into the cache folder as the engine's are: nothing on
 * the system changes. Throws a Fault or a CommandError where neither is to be had: a page that no browser has opened is
 * not tested.
 */
export async function findChromium(): Promise<Chromium> {
  if (existsSync(SYSTEM)) return { path: SYSTEM, env: {} };
  const made = await makeOnce(await cacheSubfolder('tools'), PREFIX, async (work) => {
    const debs = await downloadForMachine(join(work, 'host'), PACKAGES, await readDebianMachine(), {
      say: () => undefined,
    });
    await unpack([debs], join(work, 'root'));
    await rm(join(work, 'host'), { recursive: true });
  });
  const root = join(made, 'root');
  const fonts = join(made, 'fonts.conf');
  // Debian's own is made by a script of its package, and names the system's folder alone.
  const folders = [join(root, 'usr/share/fonts'), '/usr/share/fonts'].map((folder) => `<dir>${folder}</dir>`);
  await writeFile(
    fonts,
    `<fontconfig>${folders.join('')}${SANS}<cachedir>${join(made, 'fonts')}</cachedir></fontconfig>\n`,
  );
  const { LD_LIBRARY_PATH = '', ...env } = await prefixEnvironment(root);
  // PulseAudio's libraries find each other by the path that they were built for.
  const libraries = LD_LIBRARY_PATH.split(':').flatMap((folder) => [folder, join(folder, 'pulseaudio')]);
  return {
    path: join(root, 'usr/lib/chromium/chromium'),
    env: { ...env, LD_LIBRARY_PATH: libraries.join(':'), FONTCONFIG_FILE: fonts },
  };
}
