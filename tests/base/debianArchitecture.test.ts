import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { debianArchitecture } from '../../lib/base/debianArchitecture.ts';

const NAMES: Readonly<Record<string, string | undefined>> = {
  'linux/amd64': 'amd64',
  'linux/amd64/v3': 'amd64',
  'linux/arm64': 'arm64',
  'linux/arm64/v9': 'arm64',
  'linux/arm/v7': 'armhf',
  'linux/arm/v6': 'armel',
  'linux/arm/v5': 'armel',
  'linux/386': 'i386',
  'linux/loong64': 'loong64',
  'linux/mips64le': 'mips64el',
  'linux/mipsle': 'mipsel',
  'linux/ppc64le': 'ppc64el',
  'linux/riscv64': 'riscv64',
  'linux/s390x': 's390x',
  'linux/sparc64': undefined,
  'linux/constructor': undefined,
  'windows/amd64': undefined,
};

for (const [platform, name] of Object.entries(NAMES)) {
  test(`Debian’s name of ${platform} is ${name ?? 'not known, for it has no port of it'}`, () => {
    assert.is(debianArchitecture(platform), name);
  });
}

test.run();
