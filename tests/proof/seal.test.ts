import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Fault } from '../../lib/fault/fault.ts';
import { fileSeal, seal, sealKey, sealMatches } from '../../lib/proof/seal.ts';

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'seal-test-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const KEY = Buffer.alloc(32, 7);
const SEALED = { distro: 'debian-bookworm', platform: 'linux/arm64', baseDigest: `sha256:${'a'.repeat(64)}` };

test('a key is made once and has 32 bytes', async () => {
  await withFolder(async (folder) => {
    const key = await sealKey(join(folder, 'new', 'folder'));
    assert.is(key.length, 32);
    assert.ok(key.equals(await sealKey(join(folder, 'new', 'folder'))));
  });
});

test('two folders have two keys', async () => {
  await withFolder(async (folder) => {
    const [one, other] = [await sealKey(join(folder, 'a')), await sealKey(join(folder, 'b'))];
    assert.not(one.equals(other));
  });
});

test('the key is for its owner alone, and nothing else is left in the folder', async () => {
  await withFolder(async (folder) => {
    await sealKey(folder);
    assert.is((await stat(join(folder, 'seal.key'))).mode & 0o777, 0o600);
    assert.equal(await readdir(folder), ['seal.key']);
  });
});

test('runs that start together agree on one key', async () => {
  await withFolder(async (folder) => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => sealKey(folder)));
    assert.is(new Set(keys.map((key) => key.toString('hex'))).size, 1);
    assert.equal(await readdir(folder), ['seal.key']);
  });
});

test('a key that others may read is refused', async () => {
  await withFolder(async (folder) => {
    await sealKey(folder);
    await chmod(join(folder, 'seal.key'), 0o644);
    const fault = await sealKey(folder).catch((error: unknown) => error);
    assert.instance(fault, Fault);
    assert.match((fault as Fault).message, 'seal.key: others than its owner');
  });
});

for (const size of [0, 31, 33]) {
  test(`a key file of ${size} bytes is refused`, async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'seal.key'), Buffer.alloc(size), { mode: 0o600 });
      const fault = await sealKey(folder).catch((error: unknown) => error);
      assert.match((fault as Fault).message, `${size} bytes, expected a key of 32`);
    });
  });
}

test('a seal is 64 digits of lower-case hex, the same each time', () => {
  assert.match(seal(KEY, SEALED), /^[0-9a-f]{64}$/);
  assert.is(seal(KEY, SEALED), seal(Buffer.from(KEY), { ...SEALED }));
});

test('the seal of a known input stays what it is from version to version', () => {
  assert.is(seal(KEY, SEALED), 'dada492f9bc6faf0f19e402e54e53df77e68713cf67fd66ddef59d08ab19856c');
});

const changes: [title: string, other: string][] = [
  ['key', seal(Buffer.alloc(32, 8), SEALED)],
  ['distro', seal(KEY, { ...SEALED, distro: 'debian-trixie' })],
  ['platform', seal(KEY, { ...SEALED, platform: 'linux/amd64' })],
  ['base', seal(KEY, { ...SEALED, baseDigest: `sha256:${'b'.repeat(64)}` })],
];
for (const [title, other] of changes) {
  test(`another ${title} is another seal`, () => {
    assert.is.not(seal(KEY, SEALED), other);
  });
}

test('moving characters from one field to the next changes the seal', () => {
  const one = seal(KEY, { distro: 'a', platform: 'bc', baseDigest: 'd' });
  assert.is.not(one, seal(KEY, { distro: 'ab', platform: 'c', baseDigest: 'd' }));
  assert.is.not(
    seal(KEY, { distro: 'a","b', platform: '', baseDigest: '' }),
    seal(KEY, { distro: 'a', platform: 'b', baseDigest: '' }),
  );
});

test('the seal of a file is of its bytes, of what file it is and of the key, and is no marker’s', () => {
  const bytes = Buffer.from('{}');
  const own = fileSeal(KEY, 'a', bytes);
  assert.match(own, /^[0-9a-f]{64}$/);
  for (const other of [
    fileSeal(Buffer.alloc(32, 8), 'a', bytes),
    fileSeal(KEY, 'b', bytes),
    fileSeal(KEY, 'a', Buffer.from('{} ')),
    fileSeal(KEY, '', Buffer.from(JSON.stringify(['platform-marker seal 1', ...Object.values(SEALED)]))),
    seal(KEY, SEALED),
  ])
    assert.not(sealMatches(own, other));
});

test('a seal matches itself and nothing else', () => {
  const own = seal(KEY, SEALED);
  assert.ok(sealMatches(own, own));
  for (const other of [
    '',
    `${own}\n`,
    own.toUpperCase(),
    own.slice(1),
    'é'.repeat(32),
    own.replace(/.$/, 'x'),
  ]) {
    assert.not(sealMatches(own, other));
  }
});

test.run();
