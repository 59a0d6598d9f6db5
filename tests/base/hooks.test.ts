import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hasCommand } from '../../lib/engine/command.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';

const hook = (name: string) => fileURLToPath(new URL(`../../lib/base/${name}`, import.meta.url));

/** Builds a package into the cache of a root's apt, as an extract leaves it. */
async function addPackage(root: string, control: string, files: readonly string[]): Promise<void> {
  const name = /^Package: (.*)$/m.exec(control)?.[1] ?? '';
  const tree = join(root, 'tree', name);
  await mkdir(join(tree, 'DEBIAN'), { recursive: true });
  await writeFile(join(tree, 'DEBIAN/control'), `${control}Maintainer: a <a@example.com>\nDescription: x\n`);
  await writeFile(join(tree, 'DEBIAN/postinst'), '#!/bin/sh\n');
  await chmod(join(tree, 'DEBIAN/postinst'), 0o755);
  for (const file of files) {
    await mkdir(join(tree, file, '..'), { recursive: true });
    await writeFile(join(tree, file), 'x');
  }
  const archives = join(root, 'var/cache/apt/archives');
  await mkdir(archives, { recursive: true });
  execFileSync('dpkg-deb', ['-Znone', '--root-owner-group', '--build', tree, archives], { stdio: 'ignore' });
}

test('a root has the links of a merged /usr before anything is unpacked', () =>
  inTempDirectory(async (root) => {
    execFileSync('sh', [hook('mergedUsr.sh'), root]);
    for (const name of ['bin', 'sbin', 'lib']) {
      assert.is(await readlink(join(root, name)), `usr/${name}`);
      assert.ok((await lstat(join(root, 'usr', name))).isDirectory());
    }
  }));

if (await hasCommand('dpkg-deb')) {
  test('packages that were unpacked without dpkg are in its database, as unpacked and not as configured', () =>
    inTempDirectory(async (root) => {
      const control = (name: string, more = '') =>
        `Package: ${name}\nVersion: 1.0\nArchitecture: arm64\n${more}`;
      await addPackage(root, control('tool'), ['usr/bin/tool']);
      await addPackage(root, control('libx', 'Multi-Arch: same\n'), ['usr/lib/libx.so']);
      execFileSync('sh', [hook('dpkgStatus.sh'), root]);

      const database = join(root, 'var/lib/dpkg');
      const show = [
        '--admindir',
        database,
        '--show',
        '--showformat=${Package} ${db:Status-Status} ${Version}\\n',
      ];
      assert.is(
        execFileSync('dpkg-query', show, { encoding: 'utf8' }),
        'libx unpacked 1.0\ntool unpacked 1.0\n',
      );
      const listed = (await readFile(join(database, 'info/tool.list'), 'utf8')).split('\n');
      assert.equal(listed.filter(Boolean), ['/.', '/usr', '/usr/bin', '/usr/bin/tool']);
      // Files of a package that may be there for several architectures are kept apart by its name (deb-multiarch).
      assert.ok(await lstat(join(database, 'info/libx:arm64.list')));
      assert.is(await readFile(join(database, 'info/tool.postinst'), 'utf8'), '#!/bin/sh\n');
    }));
} else {
  test.skip('dpkg’s database: there is no dpkg-deb on this machine');
}

test.run();
