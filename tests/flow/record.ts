import { fileURLToPath } from 'node:url';
import { keyName } from '../../lib/proof/seal.ts';
import type { BuiltCell, RunRecord } from '../../lib/flow/runRecord.ts';
import { INPUTS } from '../report/report.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/buildkit', import.meta.url));
/** Of tests/fixtures/buildkit/marker, which BuildKit wrote and which the probes beside it were made from. */
export const MARKER_DIGEST = 'sha256:f80584115dc9d19dc2bf0883f3d0baefb949552df72fae8130115dfed8ef8260';
/** That the markers of the record are sealed with. */
export const KEY = Buffer.alloc(32, 7);
const PLATFORMS = ['linux/amd64', 'linux/arm64'];

/** A cell whose probe and metadata are the ones that BuildKit wrote for the target `worker-context`. */
export function builtCell(platform: string, change: Partial<BuiltCell> = {}): BuiltCell {
  return {
    distro: 'azlinux3',
    path: 'worker-context',
    platform,
    target: 'worker-context',
    layout: `${FIXTURES}/probe`,
    folder: '',
    platforms: PLATFORMS,
    metadata: `${FIXTURES}/metadata.json`,
    outcome: { ok: true },
    seconds: 1.234,
    ...change,
  };
}

/** The record of a run with those cells. */
export function runRecord(cells: BuiltCell[], change: Partial<RunRecord> = {}): RunRecord {
  const ref = 'mcr.microsoft.com/azurelinux/base/core:3.0';
  const base = { kind: 'stand-in', ref, digest: `sha256:${'1'.repeat(64)}`, context: '' } as const;
  return {
    version: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    seconds: 12,
    sealedBy: keyName(KEY),
    subject: 'built-in',
    inputs: INPUTS,
    given: {},
    builder: {
      kind: 'own',
      name: 'own engine, sealed',
      driver: 'docker',
      sealed: true,
      platform: 'linux/amd64',
      versions: { buildx: '0.29.1', buildkit: 'Docker Engine 28.5.2' },
    },
    bases: { azlinux3: { ref, base } },
    markers: {
      azlinux3: { layout: `${FIXTURES}/marker`, digest: MARKER_DIGEST, platforms: PLATFORMS, identity: '' },
    },
    canaries: [
      { platform: 'linux/amd64', op: 'linux/amd64', outcome: 'ran' },
      { platform: 'linux/arm64', op: 'linux/amd64', outcome: 'refused' },
      { platform: 'linux/arm64', op: 'linux/arm64', outcome: 'refused' },
    ],
    allowEmulator: false,
    cells,
    notes: [],
    ...change,
  };
}
