import { join } from 'node:path';
import { PLATFORM } from './bigLayout.ts';
import type { Pipeline } from '../measure.ts';
import type { Peer, PeerName } from './peers.ts';
import { median } from '../statistics.ts';
import { scriptCommand } from '../verb.ts';

/** A layout as tools can reach it. */
export interface Reached {
  /** Its directory. */
  dir: string;
  /** The same layout in a registry: `127.0.0.1:1234/name`. */
  repository: string;
  /** A folder for what a tool unpacks; it is not there yet. */
  scratch: string;
}

/** One way to read a file of `PLATFORM` in a layout. */
export interface Reader {
  name: string;
  /** As a person would type it. */
  shown: string;
  /** Why it cannot be run here. */
  missing?: string | undefined;
  pipelines: (layout: Reached, path: string) => Pipeline[];
  /** Whether it reads everything, so that it does not matter where the file is. */
  unpacksAll?: boolean;
}

/** Ours comes first: the others are held against it. */
export function readersOf(peers: Record<PeerName, Peer>): Reader[] {
  return [OURS, regctl(peers.regctl), crane(peers.crane), skopeoAndUmoci(peers.skopeo, peers.umoci)];
}

/** Ours, so many times in one process. */
export function oursInOneProcess(dir: string, path: string, times: number): Pipeline {
  return { command: scriptCommand('bench/layouts/ours', [dir, PLATFORM, path, String(times)]) };
}

/** What ours took, in the middle of all times: to open a layout, and to find the file in it. */
export function secondsInProcess(stderr: string): { opening: number; finding: number } {
  const { opening, finding } = JSON.parse(stderr) as Record<'opening' | 'finding', number[]>;
  return { opening: median(opening) / 1000, finding: median(finding) / 1000 };
}

const OURS: Reader = {
  name: 'ours',
  shown: 'node --import tsx scripts/bench/layouts/ours.ts LAYOUT linux/arm64 FILE 1',
  pipelines: ({ dir }, path) => [oursInOneProcess(dir, path, 1)],
};

function regctl({ program, missing }: Peer): Reader {
  return {
    name: 'regctl',
    shown: 'regctl image get-file --platform linux/arm64 ocidir://LAYOUT:latest FILE',
    missing,
    pipelines: ({ dir }, path) => [
      { command: [program, 'image', 'get-file', '--platform', PLATFORM, `ocidir://${dir}:latest`, path] },
    ],
  };
}

/** crane reads from registries: our own serves the layout. tar ends it once it has the file. */
function crane({ program, missing }: Peer): Reader {
  return {
    name: 'crane',
    shown: 'crane export --insecure --platform linux/arm64 IMAGE - | tar -xO --occurrence=1 FILE',
    missing,
    pipelines: ({ repository }, path) => [
      {
        command: [program, 'export', '--insecure', '--platform', PLATFORM, repository, '-'],
        into: ['tar', '-xO', '--occurrence=1', path],
      },
    ],
  };
}

function skopeoAndUmoci(skopeo: Peer, umoci: Peer): Reader {
  const [os = '', architecture = ''] = PLATFORM.split('/');
  const only = ['--override-os', os, '--override-arch', architecture];
  return {
    name: 'skopeo and umoci',
    shown:
      'skopeo copy --override-arch arm64 oci:LAYOUT:latest oci:ONE:one; umoci unpack --rootless --image ONE:one BUNDLE',
    missing: skopeo.missing ?? umoci.missing,
    unpacksAll: true,
    pipelines({ dir, scratch }, path) {
      const copy = ['--insecure-policy', 'copy', ...only, `oci:${dir}:latest`, `oci:${scratch}/one:one`];
      const unpack = ['unpack', '--rootless', '--image', `${scratch}/one:one`, `${scratch}/bundle`];
      return [
        { command: ['mkdir', scratch] },
        { command: [skopeo.program, ...copy], env: skopeo.env },
        { command: [umoci.program, ...unpack], env: umoci.env },
        { command: ['cat', join(scratch, 'bundle/rootfs', path)] },
      ];
    },
  };
}
