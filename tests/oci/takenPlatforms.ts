/** A platform asked for, what an index holds, and the platform whose image is taken from it; none is where undefined. */
export type TakenPlatform = [wanted: string, held: readonly string[], found: string | undefined];

/** As containerd/platforms `compare_test.go` and the table in `compare.go` have it. */
export const TAKEN_PLATFORMS: readonly TakenPlatform[] = [
  ['linux/arm/v7', ['linux/arm/v5', 'linux/arm/v6', 'linux/arm64'], 'linux/arm/v6'],
  ['linux/arm/v7', ['linux/arm/v5', 'linux/arm/v7'], 'linux/arm/v7'],
  ['linux/arm/v6', ['linux/arm/v7', 'linux/arm64'], undefined],
  ['linux/arm/v5', ['linux/arm/v6'], undefined],
  ['linux/arm/v8', ['linux/arm/v7'], 'linux/arm/v7'],
  ['linux/arm', ['linux/arm/v7'], 'linux/arm/v7'],
  ['linux/amd64/v3', ['linux/386', 'linux/amd64', 'linux/amd64/v2'], 'linux/amd64/v2'],
  ['linux/amd64/v3', ['linux/386', 'linux/amd64'], 'linux/amd64'],
  ['linux/amd64/v3', ['linux/amd64/v4'], undefined],
  ['linux/amd64', ['linux/386', 'linux/amd64/v2'], 'linux/386'],
  ['linux/386', ['linux/amd64'], undefined],
  ['linux/arm64', ['linux/arm/v6', 'linux/arm/v7'], 'linux/arm/v7'],
  ['linux/arm64', ['linux/arm64/v9'], undefined],
  ['linux/arm64/v8', ['linux/arm64'], 'linux/arm64'],
  ['linux/arm64/v9', ['linux/arm64', 'linux/arm64/v8.5', 'linux/arm64/v8.6'], 'linux/arm64/v8.5'],
  ['linux/arm64/v9.7', ['linux/arm64', 'linux/arm64/v8.9'], 'linux/arm64/v8.9'],
  ['linux/arm64/v9.8', ['linux/arm64'], undefined],
  ['linux/riscv64', ['linux/riscv64'], 'linux/riscv64'],
  ['windows/amd64', ['linux/amd64'], undefined],
];
