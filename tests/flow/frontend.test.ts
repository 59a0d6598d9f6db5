import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readFrontend, withFrontend } from '../../lib/flow/frontend.ts';
import type { Subject } from '../../lib/matrix/types.ts';
import { openLayout } from '../../lib/oci/blobs.ts';
import { findFile } from '../../lib/oci/findFile.ts';
import { listImages } from '../../lib/oci/images.ts';
import { canaryElf } from '../../lib/proof/canaryElf.ts';
import { faultOf } from '../base/distro.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';

const LAYOUT = fileURLToPath(new URL('../fixtures/buildkit/marker', import.meta.url));

test('what is no file is an image, by its full name', async () => {
  assert.equal(await readFrontend('acme/frontend', '/nowhere'), {
    kind: 'image',
    ref: 'docker.io/acme/frontend:latest',
  });
});

test('what is neither a file nor an image’s name is refused with both reasons', async () => {
  const { message, exitStatus } = await faultOf(readFrontend('./bin/Frontend', '/nowhere'));
  assert.is(exitStatus, 2);
  assert.match(message, /^--frontend \.\/bin\/Frontend cannot be used: there is no such file, and /);
});

test('an OCI layout is served from where it is', async () => {
  assert.equal(await readFrontend(LAYOUT, '/nowhere'), { kind: 'layout', layout: LAYOUT });
});

test('a tar of one is unpacked first', () =>
  inTempDirectory(async (dir) => {
    const tar = join(dir, 'frontend.tar');
    execFileSync('tar', ['--create', '--file', tar, '--directory', LAYOUT, '.']);
    const frontend = await readFrontend(tar, join(dir, 'unpacked'));
    assert.equal(frontend, { kind: 'layout', layout: join(dir, 'unpacked') });
  }));

test('a binary becomes an image of its own architecture, with it as the entrypoint and nothing else', () =>
  inTempDirectory(async (dir) => {
    const binary = join(dir, 'frontend');
    await writeFile(binary, canaryElf('linux/arm64'));
    const frontend = await readFrontend(binary, join(dir, 'wrapped'));
    assert.is(frontend.kind, 'layout');
    const layout = await openLayout(frontend.kind === 'layout' ? frontend.layout : '');
    try {
      const [image, ...more] = (await listImages(layout)).images;
      assert.ok(image);
      assert.equal(more, []);
      assert.is(image.platform, 'linux/arm64');
      const config = JSON.parse(Buffer.from(await layout.readDocument(image.manifest.config)).toString()) as {
        config: { Entrypoint: string[]; Labels: Record<string, string> };
      };
      assert.equal(config.config.Entrypoint, ['/frontend']);
      assert.is(config.config.Labels['moby.buildkit.frontend.network.none'], 'true');
      const file = await findFile(layout, image, '/frontend');
      assert.ok(file);
      assert.ok(file.content.equals(canaryElf('linux/arm64')));
      assert.is(file.mode, 0o755);
    } finally {
      await layout.close();
    }
  }));

test('a folder that is no layout, and a file that is neither a binary nor a tar, are refused', () =>
  inTempDirectory(async (dir) => {
    await mkdir(join(dir, 'empty'));
    await writeFile(join(dir, 'script'), '#!/bin/sh\n');
    assert.match((await faultOf(readFrontend(join(dir, 'empty'), dir))).message, 'layout-marker');
    const { message } = await faultOf(readFrontend(join(dir, 'script'), join(dir, 'unpacked')));
    assert.match(message, / cannot be used: it is .*, and no tar\n/);
  }));

const subject: Subject = {
  name: 's',
  source: { kind: 'dockerfile', dockerfile: 'Dockerfile' },
  workerContext: 'worker',
  args: { BASE: '{base}' },
};

test('a Dockerfile subject is read by the frontend that is given, and keeps its arguments', () => {
  const { source, args } = withFrontend(
    subject,
    { kind: 'layout', layout: '/l' },
    '127.0.0.1:5480/frontend/local:latest',
  );
  assert.equal(source, subject.source);
  assert.equal(args, { BASE: '{base}', BUILDKIT_SYNTAX: '127.0.0.1:5480/frontend/local:latest' });
});

test('a frontend subject has its image replaced, and keeps its build file', () => {
  const source = { kind: 'frontend', frontend: 'acme/old', buildFile: 'x' } as const;
  const changed = withFrontend({ ...subject, source }, { kind: 'image', ref: 'acme/new' }, '');
  assert.equal(changed.source, { ...source, frontend: 'acme/new' });
  assert.equal(changed.args, { BASE: '{base}' });
});

test.run();
