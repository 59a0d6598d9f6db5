import { readFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { arch, platform as os, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Fault } from '../../lib/fault/fault.ts';
import {
  canaryElf,
  canaryPlatforms,
  elfArchitecture,
  elfMachineOf,
  hasCanary,
} from '../../lib/proof/canaryElf.ts';

const expected: Record<string, [machine: number, bits: number, endian: string, flags: number, size: number]> =
  {
    'linux/amd64': [62, 64, 'little', 0, 127],
    'linux/arm64': [183, 64, 'little', 0, 132],
    'linux/arm/v7': [40, 32, 'little', 0x05000000, 96],
    'linux/386': [3, 32, 'little', 0, 91],
    'linux/ppc64le': [21, 64, 'little', 2, 132],
    'linux/s390x': [22, 64, 'big', 0, 126],
    'linux/riscv64': [243, 64, 'little', 4, 132],
    'linux/mips64le': [8, 64, 'little', 0x80000000, 132],
    'linux/mipsle': [8, 32, 'little', 0x70001000, 96],
    'linux/loong64': [258, 64, 'little', 0x43, 132],
  };

test('there is a canary for ten platforms', () => {
  assert.equal([...canaryPlatforms].sort(), Object.keys(expected).sort());
});

for (const [platform, [machine, bits, endian, flags, size]] of Object.entries(expected)) {
  test(`the header of the canary of ${platform} is right in every field`, () => {
    const elf = canaryElf(platform);
    const wide = bits === 64;
    const view = new DataView(elf.buffer, elf.byteOffset, elf.length);
    const little = endian === 'little';
    const u16 = (at: number): number => view.getUint16(at, little);
    const u32 = (at: number): number => view.getUint32(at, little);
    const word = (at: number): number => (wide ? Number(view.getBigUint64(at, little)) : u32(at));
    const step = wide ? 8 : 4;
    const headerSize = wide ? 64 : 52;

    assert.is(elf.length, size);
    assert.equal(elfMachineOf(elf), {
      architecture: platform.split('/')[1],
      machine,
      bits,
      endian,
      type: 2,
    });
    assert.is(u32(20), 1, 'e_version');
    const entry = word(24);
    assert.is(word(24 + step), headerSize, 'e_phoff');
    assert.is(u32(24 + 3 * step), flags, 'e_flags');
    assert.is(u16(28 + 3 * step), headerSize, 'e_ehsize');
    assert.is(u16(30 + 3 * step), wide ? 56 : 32, 'e_phentsize');
    assert.is(u16(32 + 3 * step), 1, 'e_phnum');

    const [offset, address, fileSize, memorySize, align] = wide ? [8, 16, 32, 40, 48] : [4, 8, 16, 20, 28];
    assert.is(u32(headerSize), 1, 'p_type');
    assert.is(u32(headerSize + (wide ? 4 : 24)), 5, 'p_flags');
    assert.is(word(headerSize + offset), 0, 'p_offset');
    assert.is(word(headerSize + fileSize), size, 'p_filesz');
    assert.is(word(headerSize + memorySize), size, 'p_memsz');
    assert.is(word(headerSize + address) % word(headerSize + align), 0, 'p_vaddr');
    assert.is(entry, word(headerSize + address) + headerSize + (wide ? 56 : 32), 'e_entry');
  });
}

const NATIVE: Record<string, string> = {
  x64: 'linux/amd64',
  arm64: 'linux/arm64',
  arm: 'linux/arm/v7',
  ia32: 'linux/386',
  ppc64: 'linux/ppc64le',
  s390x: 'linux/s390x',
  riscv64: 'linux/riscv64',
};

test('the canary of this machine runs and exits with 0', async () => {
  const platform = os() === 'linux' ? NATIVE[arch()] : undefined;
  if (platform === undefined) return;
  const directory = await mkdtemp(join(tmpdir(), 'canary-test-'));
  try {
    const file = join(directory, 'canary');
    await writeFile(file, canaryElf(platform), { mode: 0o755 });
    const { exitCode, stdout } = await execa(file);
    assert.is(exitCode, 0);
    assert.is(stdout, '');
  } finally {
    await rm(directory, { recursive: true });
  }
});

test('a variant makes no difference', () => {
  assert.equal(canaryElf('linux/arm/v6'), canaryElf('linux/arm/v7'));
  assert.ok(hasCanary('linux/arm/v5') && hasCanary('linux/amd64/v3'));
  assert.equal(canaryElf('linux/aarch64/v8'), canaryElf('linux/arm64'));
});

for (const platform of ['linux/sparc64', 'windows/amd64']) {
  test(`${platform} has no canary, and the fault says which have`, () => {
    try {
      canaryElf(platform);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Fault);
      assert.match((error as Fault).message, platform);
      assert.match((error as Fault).message, 'linux/riscv64');
    }
  });
}

test('the architecture of an installed program is read from its first 64 bytes', async () => {
  const own = (await readFile(process.execPath)).subarray(0, 64);
  const elf = elfArchitecture(own);
  assert.is('architecture' in elf && `linux/${elf.architecture}`, NATIVE[arch()]?.replace('/v7', ''));
});

function changed(platform: string, ...changes: [at: number, value: number][]): Buffer {
  const elf = canaryElf(platform);
  for (const [at, value] of changes) elf[at] = value;
  return elf;
}

const problems: [title: string, bytes: Buffer, problem: RegExp][] = [
  ['an empty file', Buffer.alloc(0), /^not an ELF file, but empty$/],
  ['a script', Buffer.from('#!/bin/sh\nexit 0\n'), /but a script: "#!\/bin\/sh"/],
  ['text', Buffer.from('hello'), /^not an ELF file$/],
  ['a header that is cut off', canaryElf('linux/arm64').subarray(0, 63), /with a broken header/],
  ['the magic alone', Buffer.from('\x7fELF', 'latin1'), /with a broken header/],
  ['an unknown class', changed('linux/arm64', [4, 3]), /with a broken header/],
  ['an unknown byte order', changed('linux/arm64', [5, 0]), /with a broken header/],
  ['an object file', changed('linux/arm64', [16, 1]), /type 1, not a program/],
  ['x32 code', changed('linux/386', [18, 62]), /machine 62, 32 bits, little/],
  ['a processor without a name', changed('linux/arm64', [18, 0xff]), /machine 255, 64 bits/],
];
for (const [title, bytes, problem] of problems) {
  test(`${title} is a problem`, () => {
    const elf = elfArchitecture(bytes);
    assert.match('problem' in elf ? elf.problem : '', problem);
  });
}

test('bytes inside a larger buffer are read from their own start', () => {
  const padded = Buffer.concat([Buffer.from('#!/bin/sh'), canaryElf('linux/s390x')]).subarray(9);
  assert.equal(elfArchitecture(padded), { architecture: 's390x' });
});

test.run();
