import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  formatPlatform,
  normalizePlatform,
  parsePlatform,
  platformOf,
  takenPlatform,
} from '../../lib/oci/platform.ts';
import { TAKEN_PLATFORMS } from './takenPlatforms.ts';

/** Pairs that containerd/platforms normalizes (`platforms_test.go`, `database.go`). */
const normalized: [string, string][] = [
  ['linux/amd64', 'linux/amd64'],
  ['linux/amd64/v1', 'linux/amd64'],
  ['linux/amd64/v3', 'linux/amd64/v3'],
  ['Linux/x86_64', 'linux/amd64'],
  ['linux/x86-64', 'linux/amd64'],
  ['linux/arm64', 'linux/arm64'],
  ['linux/arm64/v8', 'linux/arm64'],
  ['linux/arm64/8', 'linux/arm64'],
  ['linux/arm64/v8.0', 'linux/arm64'],
  ['linux/arm64/v8.2', 'linux/arm64/v8.2'],
  ['linux/arm64/9', 'linux/arm64/v9'],
  ['linux/Aarch64', 'linux/arm64'],
  ['linux/arm', 'linux/arm/v7'],
  ['linux/arm/7', 'linux/arm/v7'],
  ['linux/arm/V6', 'linux/arm/v6'],
  ['linux/armhf', 'linux/arm/v7'],
  ['linux/armel', 'linux/arm/v6'],
  ['linux/armel/v7', 'linux/arm/v6'],
  ['linux/i386', 'linux/386'],
  ['linux/s390x', 'linux/s390x'],
  ['macOS/arm64', 'darwin/arm64'],
  ['windows/amd64', 'windows/amd64'],
];

for (const [text, expected] of normalized) {
  test(`${text} is ${expected}`, () => {
    assert.is(formatPlatform(parsePlatform(text)), expected);
  });
}

test('normalizing twice changes nothing more', () => {
  for (const [text] of normalized) {
    const once = parsePlatform(text);
    assert.equal(normalizePlatform(once), once);
  }
});

/** Text that is no platform, and what the error says about it. */
const refused: [string, string][] = [
  ['', 'expected os/architecture'],
  ['linux', 'expected os/architecture'],
  ['arm64', 'expected os/architecture'],
  ['linux/arm/v7/x', 'expected os/architecture'],
  ['linux/', 'each part is letters'],
  ['/amd64', 'each part is letters'],
  ['linux/amd64/', 'each part is letters'],
  ['linux/*', 'each part is letters'],
  [' linux/amd64', 'not " linux"'],
  ['linux/amd64\n', 'each part is letters'],
  ['linux/risc64', 'unknown architecture "risc64" (did you mean "riscv64"?)'],
  ['linux/x86_65', 'did you mean "x86_64"?'],
  ['linxu/amd64', 'unknown os "linxu" (did you mean "linux"?)'],
  ['linux/constructor', 'unknown architecture "constructor"'],
];

for (const [text, expected] of refused) {
  test(`${JSON.stringify(text)} is refused, quoted and explained`, () => {
    assert.throws(
      () => parsePlatform(text),
      (error: unknown) =>
        error instanceof RangeError &&
        error.message.includes(`"${text}"`) &&
        error.message.includes(expected),
    );
  });
}

test('a descriptor and a config of one platform claim the same', () => {
  const descriptor = { platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } };
  const config = { os: 'linux', architecture: 'arm64', rootfs: { type: 'layers', diff_ids: [] } };
  assert.equal(platformOf(descriptor), platformOf(config));
});

test('a descriptor without a platform claims none', () => {
  assert.is(platformOf({}), undefined);
});

test('a config with an empty os and architecture claims none', () => {
  assert.is(platformOf({ os: '', architecture: '' }), undefined);
});

test('os.version is kept', () => {
  const platform = { os: 'windows', architecture: 'amd64', 'os.version': '10.0.17763' };
  assert.equal(platformOf({ platform }), platform);
});

for (const [wanted, held, found] of TAKEN_PLATFORMS) {
  test(`of ${held.join(', ')} ${found ?? 'nothing'} is taken for ${wanted}`, () => {
    assert.is(takenPlatform(wanted, held), found);
  });
}

test.run();
