import type { Report, ReportCell, ReportInputs } from '../../lib/report/schema.ts';

/** What a hostile subject can write into a report. */
export const HOSTILE = `<script>alert(1)</script>"onmouseover=alert(2) </script><!-- ]]> \u202Eabc\u0007 | \`\`\`\`\n::error::forged\n##[error]forged %0A,:`;

const DIGEST = `sha256:${'a'.repeat(64)}`;

/** What a run verified, as its report has it. */
export const INPUTS: ReportInputs = {
  matrix: DIGEST,
  policies: DIGEST,
  subject: DIGEST,
  stages: DIGEST,
  frontend: null,
  allowEmulator: false,
};

/** A cell that passed, as a run makes it. */
export function reportCell(change: Partial<ReportCell> = {}): ReportCell {
  return {
    distro: 'azlinux3',
    path: 'source-policy',
    platform: 'linux/arm64',
    verdict: 'pass',
    detail: '',
    marker: 'linux/arm64',
    expected: 'linux/arm64',
    base: { ref: 'mcr.microsoft.com/azurelinux/base/core:3.0', kind: 'stand-in', digest: DIGEST },
    markerDigest: DIGEST,
    seconds: 1.5,
    execOps: [{ command: 'true', platform: 'linux/amd64', foreign: false }],
    materials: [{ kind: 'image', name: 'marker/azlinux3', digest: DIGEST, platform: 'linux/arm64' }],
    root: [],
    installed: null,
    graph: {
      nodes: [
        { id: 'step0', kind: 'source', label: 'docker-image://a', platform: 'linux/arm64', foreign: false },
        { id: 'step1', kind: 'exec', label: 'true', platform: 'linux/amd64', foreign: false },
        { id: 'step2', kind: 'result', label: 'result', platform: 'linux/amd64', foreign: false },
      ],
      edges: [
        ['step0', 'step1'],
        ['step1', 'step2'],
      ],
      left: 0,
    },
    policy: { file: 'policies/azlinux3.json', line: 4, trace: 'BuildKit fetches it' },
    rerun: 'make verify DISTRO=azlinux3',
    ...change,
  };
}

/** The report of a run with those cells and one control. */
export function report(cells: ReportCell[], change: Partial<Report> = {}): Report {
  const verdicts: Report['totals']['verdicts'] = {};
  for (const { verdict } of cells) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  const totals = { cells: cells.length, verdicts, controls: 1, controlsCaught: 1, bases: { 'stand-in': 1 } };
  return {
    schemaVersion: 1,
    tool: { name: 'platform-marker', version: '0.1.0' },
    startedAt: '2026-01-01T00:00:00.000Z',
    seconds: 12,
    subject: 'built-in',
    inputs: INPUTS,
    builder: {
      name: 'own engine',
      driver: 'docker',
      sealed: true,
      platform: 'linux/amd64',
      versions: { buildx: '0.31.0', buildkit: 'v0.30' },
    },
    canaries: [],
    cells,
    controls: [
      {
        name: 'swapped-markers',
        breaks: 'markers are swapped',
        distro: 'azlinux3',
        path: 'source-policy',
        platform: 'linux/arm64',
        expected: 'wrong-platform',
        verdict: 'wrong-platform',
        detail: '',
        caught: true,
      },
    ],
    totals,
    verified: verdicts.pass === cells.length,
    notes: [],
    ...change,
  };
}

/** What is found of a program that was installed for linux/arm64. */
export const PROGRAM = {
  path: '/usr/bin/hello',
  machine: 183,
  bits: 64,
  endian: 'little',
  architecture: 'arm64',
} as const;
