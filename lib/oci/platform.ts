import { suggestion } from '../fault/didYouMean.ts';
import type { OciPlatform } from './types.ts';

/** Operating systems and architectures that containerd/platforms `database.go` knows, which are Go's own. */
const KNOWN_OS =
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos'.split(
    ' ',
  );
const KNOWN_ARCHITECTURE = (
  '386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ' +
  'ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm'
).split(' ');

/** An alias fixes the architecture; one with a variant of its own overrides what was given. */
const ARCHITECTURE_ALIASES: Readonly<Record<string, { architecture: string; variant?: string }>> = {
  i386: { architecture: '386', variant: '' },
  x86_64: { architecture: 'amd64' },
  'x86-64': { architecture: 'amd64' },
  aarch64: { architecture: 'arm64' },
  armhf: { architecture: 'arm', variant: 'v7' },
  armel: { architecture: 'arm', variant: 'v6' },
};

/** Per architecture: how a variant is written by default. The empty string is "no variant". */
const VARIANT_ALIASES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  amd64: { v1: '' },
  arm64: { '8': '', v8: '', 'v8.0': '', '9': 'v9', '9.0': 'v9', 'v9.0': 'v9' },
  arm: { '': 'v7', '5': 'v5', '6': 'v6', '7': 'v7', '8': 'v8' },
};

function ownValue<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/**
 * The one form in which a platform is compared and written: lower case, aliases resolved, default variants left out
 * (`arm64/v8`, `amd64/v1`) or put in (`arm` is `arm/v7`). `os.version` is kept as it is.
 *
 * Follows containerd/platforms `Normalize` (`platforms.go`, `database.go`), save that an empty `os` stays empty instead
 * of becoming this machine's.
 */
export function normalizePlatform(platform: OciPlatform): OciPlatform {
  const os = platform.os.toLowerCase();
  const givenArchitecture = platform.architecture.toLowerCase();
  const alias = ownValue(ARCHITECTURE_ALIASES, givenArchitecture);
  const architecture = alias?.architecture ?? givenArchitecture;
  const givenVariant = alias?.variant ?? (platform.variant ?? '').toLowerCase();
  const variant = ownValue(ownValue(VARIANT_ALIASES, architecture) ?? {}, givenVariant) ?? givenVariant;
  const version = platform['os.version'];
  return {
    os: os === 'macos' ? 'darwin' : os,
    architecture,
    ...(variant === '' ? {} : { variant }),
    ...(version === undefined ? {} : { 'os.version': version }),
  };
}

/** `os/architecture[/variant]` of the normalized platform: what a marker holds and what a table shows. */
export function formatPlatform(platform: OciPlatform): string {
  const { os, architecture, variant } = normalizePlatform(platform);
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}

/** A platform as a part of a file's or a build's name: `linux-arm-v7`. */
export function platformSlug(platform: string): string {
  return platform.replaceAll('/', '-');
}

/**
 * Reads `os/architecture[/variant]` as a person writes it, and normalizes it.
 *
 * Stricter than containerd's `Parse`: a lone os or architecture is refused, because the other half would come from the
 * machine this runs on, and so is an os or architecture that Go does not know, because it is a slip of the pen.
 *
 * @throws {RangeError} whose message quotes the text and says what was expected.
 */
export function parsePlatform(text: string): OciPlatform {
  const parts = text.split('/');
  const [os, architecture, variant] = parts;
  if (os === undefined || architecture === undefined || parts.length > 3) {
    throw notAPlatform(text, 'expected os/architecture or os/architecture/variant, such as linux/arm64');
  }
  const odd = parts.find((part) => !/^[A-Za-z0-9_.-]+$/.test(part));
  if (odd !== undefined) {
    throw notAPlatform(text, `each part is letters, digits, ".", "_" and "-", not "${odd}"`);
  }
  const platform = normalizePlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) });
  if (!KNOWN_OS.includes(platform.os)) {
    throw notAPlatform(text, `unknown os "${os}"${suggestion(os, KNOWN_OS)}`);
  }
  if (!KNOWN_ARCHITECTURE.includes(platform.architecture)) {
    const names = [...KNOWN_ARCHITECTURE, ...Object.keys(ARCHITECTURE_ALIASES)];
    throw notAPlatform(text, `unknown architecture "${architecture}"${suggestion(architecture, names)}`);
  }
  return platform;
}

function notAPlatform(text: string, why: string): RangeError {
  return new RangeError(`"${text}" is not a platform: ${why}`);
}

/**
 * The normalized platform that a descriptor (its `platform`) or an image config (its `os`, `architecture`, `variant`)
 * claims, or undefined when it claims none.
 */
export function platformOf(source: { platform?: OciPlatform } | OciPlatform): OciPlatform | undefined {
  if ('os' in source) {
    const { os, architecture, variant, 'os.version': version } = source;
    if (os === '' && architecture === '') return undefined;
    return normalizePlatform({
      os,
      architecture,
      ...(variant === undefined ? {} : { variant }),
      ...(version === undefined ? {} : { 'os.version': version }),
    });
  }
  return source.platform === undefined ? undefined : normalizePlatform(source.platform);
}

/**
 * The platform, of those that an index holds, whose image is taken for the one asked for; undefined where none is.
 * A newer variant takes an older one where its own is not there (`arm/v7` the image of `arm/v6`, `amd64/v3` that of
 * `amd64`), and so does `amd64` that of `386` and `arm64` that of `arm`, whose programs those processors run.
 *
 * Follows containerd/platforms `Only` (`compare.go`), by which BuildKit chooses (`util/pull/pull.go`).
 *
 * @param wanted as `parsePlatform` reads it.
 * @param held normalized, as `formatPlatform` writes them.
 */
export function takenPlatform(wanted: string, held: readonly string[]): string | undefined {
  return takenInOrder(parsePlatform(wanted)).find((platform) => held.includes(platform));
}

function takenInOrder({ os, architecture, variant = '' }: OciPlatform): string[] {
  const named = (name: string, variants: readonly string[]) =>
    variants.map((one) => formatPlatform({ os, architecture: name, variant: one }));
  const downTo = (least: number, from: number) =>
    Array.from({ length: Math.max(0, from - least + 1) }, (_, at) => `v${from - at}`);
  const version = Number(/^v(\d+)$/.exec(variant)?.[1] ?? 0);
  switch (architecture) {
    case 'amd64':
      return [...named(architecture, [variant, ...downTo(1, version - 1)]), ...named('386', [''])];
    case 'arm':
      return named(architecture, [variant, ...downTo(5, version - 1)]);
    case 'arm64':
      return [...named(architecture, arm64Variants(variant)), ...named('arm', downTo(5, 8))];
    default:
      return named(architecture, [variant]);
  }
}

/** The variants that an arm64 processor of a variant runs: v9.0 is v8.5 and more, and so on up. None for an unknown one. */
function arm64Variants(variant: string): string[] {
  const [, major, minor = '0'] = /^v([89])(?:\.(\d))?$/.exec(variant === '' ? 'v8' : variant) ?? [];
  const least = (of: string, from: number) =>
    Array.from({ length: from + 1 }, (_, at) => `v${of}.${from - at}`);
  if (major === '8') return least('8', Number(minor));
  if (major !== '9' || Number(minor) > 7) return [];
  return [...least('9', Number(minor)), ...least('8', Math.min(9, Number(minor) + 5))];
}
