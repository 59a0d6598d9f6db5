import { cp, mkdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCommand } from '../../lib/engine/command.ts';
import { blocksOf, commandsOf, isShell, prints, readPages, type Block } from '../docs/pages.ts';
import { CLONE, runShell, withFolder } from './verbs.ts';

/** A clone of this clone, as it stands, with the packages that are installed in this one. */
async function copyClone(folder: string): Promise<void> {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { stdout } = await runCommand('git', list, { cwd: CLONE });
  for (const file of stdout.split('\0').filter(Boolean)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(CLONE, file), join(folder, file)).catch((error: unknown) => {
      // Deleted, and not committed yet.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    });
  }
  await symlink(join(CLONE, 'node_modules'), join(folder, 'node_modules'));
  // Else make would take the packages of the other clone for outdated.
  await utimes(join(folder, 'package-lock.json'), 0, 0);
}

/** A `npx` that finds this package, which no registry has; every other is left to npm's own. */
async function writeNpx(folder: string, clone: string): Promise<string> {
  const script = `#!/bin/sh\n[ "$1" = platform-marker ] || exit 127\nshift\nexec '${process.execPath}' '${join(clone, 'bin/platform-marker.js')}' "$@"\n`;
  await mkdir(folder);
  await writeFile(join(folder, 'npx'), script, { mode: 0o755 });
  return folder;
}

/** The clone, a folder for PATH, and a folder that has nothing of this project. */
interface Places {
  clone: string;
  bin: string;
  elsewhere: string;
}

/** Does what a block has a person do. */
async function follow(block: Block, { clone, bin, elsewhere }: Places): Promise<void> {
  const { directive, text, place } = block;
  if (directive?.kind === 'write') await writeFile(join(clone, directive.file), `${text}\n`);
  if (directive?.kind === 'put') {
    const file = join(clone, directive.file);
    const lines = (await readFile(file, 'utf8')).split('\n');
    const at = lines.indexOf(directive.at);
    assert.ok(at >= 0, `${place}: ${directive.file} has the line ${directive.at}`);
    await writeFile(file, lines.toSpliced(at, 1, text).join('\n'));
  }
  if (!isShell(block) || directive?.kind === 'not run') return;
  const folder = directive?.kind === 'elsewhere' ? elsewhere : clone;
  for (const { command, output } of commandsOf(block)) {
    const path = `${bin}${delimiter}${process.env['PATH'] ?? ''}`;
    const { status, stdout, stderr } = await runShell(command, folder, { PATH: path });
    const shown = `${place}: ${command}\n${stdout}${stderr}`;
    assert.is(status, directive?.kind === 'exits' ? directive.status : 0, shown);
    assert.ok(prints(stdout, output), `${shown}\nis not what the page says:\n${output.join('\n')}`);
  }
}

test('Whoever follows the documentation, page by page, gets what it says', () =>
  withFolder(async (folder) => {
    const clone = join(folder, 'clone');
    await copyClone(clone);
    const bin = await writeNpx(join(folder, 'bin'), clone);
    const elsewhere = join(folder, 'elsewhere');
    await mkdir(elsewhere);
    const blocks = readPages().flatMap(blocksOf);
    for (const block of blocks) await follow(block, { clone, bin, elsewhere });
    const left = blocks.filter(({ directive }) => directive?.kind === 'not run').length;
    process.stdout.write(
      `skipped: ${left} of ${blocks.filter(isShell).length} blocks of commands, each with its reason in its page\n`,
    );
  }));

test.run();
