import { PATHS, type Verdict } from '../../../lib/proof/verdict.ts';
import type { Cell, Mutant } from './mutant.ts';
import {
  dropBlob,
  dropPlatform,
  relabelImage,
  repeatPlatform,
  reverseManifests,
  swapManifests,
} from './layoutEdits.ts';

/** By these paths the subject decides what becomes of the base. */
const BASE_PATHS = ['base-context', 'source-policy'] as const;

const everywhere = (verdict: Verdict) => () => verdict;
/** Right by chance on the build platform. */
const elsewhere =
  (verdict: Verdict) =>
  ({ native }: Cell): Verdict =>
    native ? 'pass' : verdict;
const on =
  (wrong: string, verdict: Verdict) =>
  ({ platform }: Cell): Verdict =>
    platform === wrong ? verdict : 'pass';

const worker = (dockerfile: string) => ({ kind: 'worker', dockerfile }) as const;

/** The subject that every mutant is one defect away from. */
export const HONEST: Mutant = {
  name: 'honest',
  defect: 'none: the worker that every mutant is one step away from',
  seed: worker('honest'),
  paths: PATHS,
  expects: everywhere('pass'),
  says: /^$/,
};

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'pinned-to-build-platform',
    defect: 'the worker is always made for the build platform',
    seed: worker('pinned-to-build-platform'),
    paths: PATHS,
    expects: elsewhere('wrong-platform'),
    says: /says "linux\/\w+", expected "linux\/\w+"/,
  },
  {
    name: 'hard-coded-platform',
    defect: 'the worker is always made for linux/arm64',
    seed: worker('hard-coded-platform'),
    paths: PATHS,
    expects: on('linux/amd64', 'wrong-platform'),
    says: /says "linux\/arm64", expected "linux\/amd64"/,
  },
  {
    name: 'base-resolved-without-platform',
    defect: 'the base is resolved to one platform’s manifest before it is used',
    seed: { kind: 'image', image: 'one-manifest' },
    paths: PATHS,
    expects: ({ native }) => (native ? 'marker-not-used' : 'wrong-platform'),
    says: /expected "linux|as a source/,
  },
  {
    name: 'context-ignored',
    defect: 'the worker context is looked for by another name',
    seed: worker('context-ignored'),
    paths: ['worker-context'],
    expects: everywhere('marker-not-used'),
    says: /no \/platform-marker, and the marker image was no source/,
  },
  {
    name: 'base-by-another-name',
    defect: 'the base comes from a mirror that no context and no policy speaks of',
    seed: worker('base-by-another-name'),
    paths: BASE_PATHS,
    expects: everywhere('marker-not-used'),
    says: /no \/platform-marker, and the marker image was no source/,
  },
  {
    name: 'policy-misses-digest',
    defect: 'the policy names the tag alone, and the subject its base with a digest',
    seed: { kind: 'policy', edit: keepFirstRule, byDigest: true },
    paths: ['source-policy'],
    expects: everywhere('marker-not-used'),
    says: /marker image was no source/,
  },
  {
    name: 'policy-of-slim',
    defect: 'the policy names <base>-slim',
    seed: { kind: 'policy', edit: (text, base) => text.replaceAll(base, `${base}-slim`) },
    paths: ['source-policy'],
    expects: everywhere('marker-not-used'),
    says: /marker image was no source/,
  },
  {
    name: 'policy-of-another-registry',
    defect: 'the policy names the same repository of another registry',
    seed: {
      kind: 'policy',
      edit: (text, base) => text.replaceAll(base, base.replace(/^[^/]+/, 'registry.example')),
    },
    paths: ['source-policy'],
    expects: everywhere('marker-not-used'),
    says: /marker image was no source/,
  },
  {
    name: 'policy-match-type-misspelt',
    defect: 'the policy has a regular expression under `matchType`, which BuildKit does not know',
    seed: { kind: 'policy', edit: asMisspeltRegex },
    paths: ['source-policy'],
    expects: everywhere('marker-not-used'),
    says: /marker image was no source/,
  },
  {
    name: 'marker-forged',
    defect: 'the subject writes marker and seal itself, on a plain base',
    seed: worker('marker-forged'),
    paths: PATHS,
    expects: everywhere('marker-not-used'),
    says: /its seal is not this marker image’s/,
  },
  {
    name: 'marker-forged-over',
    defect: 'a pinned worker writes the marker that is expected over the one it got',
    seed: worker('marker-forged-over'),
    paths: PATHS,
    expects: everywhere('marker-not-used'),
    says: /its seal is not this marker image’s/,
  },
  {
    name: 'marker-of-another-platform',
    defect: 'the marker is copied from the other platform’s marker image',
    seed: worker('marker-of-another-platform'),
    paths: BASE_PATHS,
    expects: on('linux/amd64', 'wrong-platform'),
    says: /says "linux\/arm64", expected "linux\/amd64"/,
  },
  {
    name: 'marker-rewritten',
    defect: 'the other platform’s bytes under a configuration and a marker that are right',
    seed: worker('marker-rewritten'),
    paths: BASE_PATHS,
    expects: on('linux/amd64', 'wrong-platform'),
    says: /the seal beside it is of linux\/arm64/,
  },
  {
    name: 'marker-removed',
    defect: 'the worker is put together from parts of the marker image, without the marker',
    seed: worker('marker-removed'),
    paths: PATHS,
    expects: everywhere('marker-missing'),
    says: /no \/platform-marker/,
  },
  {
    name: 'seal-removed',
    defect: 'the marker comes along and the seal does not',
    seed: worker('seal-removed'),
    paths: PATHS,
    expects: everywhere('marker-not-used'),
    says: /no seal came with it/,
  },
  {
    name: 'listed-but-not-used',
    defect: 'the marker image is a material of the build, and the worker a plain base with a forged marker',
    seed: worker('listed-but-not-used'),
    paths: PATHS,
    expects: everywhere('marker-not-used'),
    says: /its seal is not this marker image’s/,
  },
  {
    name: 'marker-beside-other-platform',
    defect: 'marker and seal are copied from the right platform’s image into the other platform’s',
    seed: worker('marker-beside-other-platform'),
    paths: BASE_PATHS,
    expects: elsewhere('wrong-platform'),
    says: /root is made from .*\(linux\/\w+\)/,
  },
  {
    name: 'marker-beside-plain-base',
    defect: 'marker and seal are copied beside the build platform’s plain base',
    seed: worker('marker-beside-plain-base'),
    paths: PATHS,
    expects: ({ native }) => (native ? 'marker-not-used' : 'wrong-platform'),
    says: /root is made from .*mirror.* \(linux\/\w+\)/,
  },
  {
    name: 'root-copied-over',
    defect: 'the build platform’s base is copied over a root that was right',
    seed: worker('root-copied-over'),
    paths: PATHS,
    expects: elsewhere('wrong-platform'),
    says: /root is made from .*mirror/,
  },
  {
    name: 'parts-of-other-platform',
    defect: 'the right marker beside parts of the build platform’s base',
    seed: worker('parts-of-other-platform'),
    paths: PATHS,
    expects: ({ native }) => (native ? 'unproven' : 'wrong-platform'),
    says: /^\/us\[r\] of the worker is from .*mirror|together from parts/,
  },
  {
    name: 'libraries-copied-over',
    defect: 'a folder of programs of the build platform’s base is copied over a root that was right',
    seed: worker('libraries-copied-over'),
    paths: PATHS,
    expects: elsewhere('wrong-platform'),
    says: /^\/us\[r\] of the worker is from/,
  },
  {
    name: 'root-left-out',
    defect:
      'the whole root is copied but for everything in it, and the build platform’s base takes its place',
    seed: worker('root-left-out'),
    paths: PATHS,
    expects: ({ native }) => (native ? 'marker-not-used' : 'wrong-platform'),
    says: /root is made from .*mirror/,
  },
  {
    name: 'in-parts',
    defect:
      'parts of the worker with the marker: nothing wrong, and nothing that shows it on a base without programs',
    seed: worker('in-parts'),
    paths: PATHS,
    expects: everywhere('unproven'),
    says: /from parts, or by commands/,
  },
  {
    name: 'marker-alone',
    defect: 'the worker holds nothing of its base but marker and seal',
    seed: worker('marker-alone'),
    paths: PATHS,
    expects: everywhere('marker-not-used'),
    says: /nothing of the marker image/,
  },
  {
    name: 'made-by-a-command',
    defect: 'a command made the root, from what nobody can tell, and the marker is copied beside it',
    seed: worker('made-by-a-command'),
    paths: PATHS,
    expects: everywhere('unproven'),
    says: /from parts, or by commands/,
  },
  {
    name: 'one-platform-missing',
    defect: 'there is no worker for linux/arm64',
    seed: worker('one-platform-missing'),
    paths: PATHS,
    expects: on('linux/arm64', 'build-failed'),
    says: /subject-arm64/,
  },
  {
    name: 'foreign-run',
    defect: 'a program of the worker’s platform runs in the worker',
    seed: worker('foreign-run'),
    paths: PATHS,
    expects: elsewhere('needs-emulation'),
    says: /\/canary.*exec format error/i,
  },
  {
    name: 'foreign-op',
    defect: 'an op of the worker’s platform runs a program of the build platform, and gets away with it',
    seed: worker('foreign-op'),
    paths: PATHS,
    expects: elsewhere('needs-emulation'),
    says: /an exec op is of linux\/\w+: "\/canary"/,
  },
  {
    name: 'chroot-into-foreign',
    defect: 'an op of the build platform runs a program of the worker’s root',
    seed: worker('chroot-into-foreign'),
    paths: PATHS,
    expects: elsewhere('needs-emulation'),
    says: /\/rootfs\/canary.*exec format error/i,
  },
  {
    name: 'stale-base',
    defect: 'an older marker image is served, made from the base before this one',
    seed: { kind: 'image', image: 'older-base' },
    paths: PATHS,
    expects: everywhere('marker-not-used'),
    says: /its seal is not this marker image’s/,
  },
  {
    name: 'marker-of-another-clone',
    defect: 'a marker image is served that was sealed with another key',
    seed: { kind: 'image', image: 'another-clone' },
    paths: PATHS,
    expects: everywhere('marker-not-used'),
    says: /its seal is not this marker image’s/,
  },
  {
    name: 'seal-of-another-distro',
    defect: 'another distro’s marker image takes this one’s place',
    seed: { kind: 'image', image: 'another-distro' },
    paths: PATHS,
    expects: everywhere('marker-not-used'),
    says: /its seal is not this marker image’s/,
  },
  {
    name: 'marker-without-seal',
    defect: 'the marker image of a plain `docker buildx bake marker` is given',
    seed: { kind: 'image', image: 'unsealed' },
    paths: PATHS,
    expects: everywhere('marker-not-used'),
    says: /no seal came with it/,
  },
  {
    name: 'marker-with-newline',
    defect: 'the marker ends with a newline',
    seed: { kind: 'image', image: 'newline' },
    paths: PATHS,
    expects: everywhere('wrong-platform'),
    says: /says "linux\/\w+\\n"/,
  },
  {
    name: 'index-platforms-swapped',
    defect: 'the marker image’s index lists each manifest under the other platform',
    seed: { kind: 'image', image: 'platforms-swapped' },
    paths: PATHS,
    expects: everywhere('wrong-platform'),
    says: /says "linux\/\w+", expected "linux\/\w+"/,
  },
  {
    name: 'manifest-order-swapped',
    defect: 'the probe’s index lists each manifest under the other platform',
    seed: { kind: 'probe', edit: swapManifests },
    paths: ['base-context'],
    expects: everywhere('build-failed'),
    says: /the descriptor says linux\/\w+ and the config linux\/\w+/,
  },
  {
    name: 'config-lies',
    defect: 'index and configuration say linux/arm64, and the layers are of linux/amd64',
    seed: { kind: 'probe', edit: (layout) => relabelImage(layout, 'linux/amd64', 'linux/arm64') },
    paths: ['base-context'],
    expects: on('linux/arm64', 'wrong-platform'),
    says: /says "linux\/amd64", expected "linux\/arm64"/,
  },
  {
    name: 'only-one-platform',
    defect: 'the builder made one platform of those asked for',
    seed: { kind: 'probe', edit: (layout) => dropPlatform(layout, 'linux/arm64') },
    paths: ['base-context'],
    expects: everywhere('build-failed'),
    says: /holds linux\/amd64, asked for linux\/amd64, linux\/arm64/,
  },
  {
    name: 'two-manifests-of-a-platform',
    defect: 'the probe has a second manifest for a platform, and readers differ in which they take',
    seed: { kind: 'probe', edit: (layout) => repeatPlatform(layout, 'linux/amd64', 'linux/arm64') },
    paths: ['base-context'],
    expects: everywhere('build-failed'),
    says: /expected one manifest per platform/,
  },
  {
    name: 'layer-missing',
    defect: 'the layout was written in part',
    seed: { kind: 'probe', edit: (layout) => dropBlob(layout, 'linux/arm64') },
    paths: ['base-context'],
    expects: everywhere('build-failed'),
    says: /there is no blobs\/sha256\//,
  },
];

/** Defects that are none: a person could take them for one, and each has to pass. */
export const HARMLESS: readonly Mutant[] = [
  HONEST,
  ...[
    ['flattened', 'none: the worker in one layer, after a native command had it below a folder of its tools'],
    ['merged', 'none: layers merged over the worker, another platform’s root below a folder among them'],
  ].map(([name = '', defect = '']): Mutant => ({ ...HONEST, name, defect, seed: worker(name) })),
  {
    name: 'manifest-order-reversed',
    defect: 'none: the probe’s index lists the same manifests in the other order',
    seed: { kind: 'probe', edit: reverseManifests },
    paths: ['base-context'],
    expects: everywhere('pass'),
    says: /^$/,
  },
];

function keepFirstRule(text: string): string {
  const policy = JSON.parse(text) as { rules: unknown[] };
  return JSON.stringify({ rules: policy.rules.slice(0, 1) });
}

function asMisspeltRegex(text: string, base: string): string {
  const policy = JSON.parse(text) as { rules: { updates: unknown }[] };
  const selector = { matchType: 'REGEX', identifier: `docker-image://.*${base.replace(/^[^/]+/, '')}` };
  return JSON.stringify({
    rules: policy.rules.map(({ updates }) => ({ action: 'CONVERT', selector, updates })),
  });
}
