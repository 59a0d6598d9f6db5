import type { CanaryResult } from '../../../lib/proof/canary.ts';

/** What the canaries came to on one engine. */
export interface Tried {
  sealed: boolean;
  platform: string;
  canaries: CanaryResult[];
}

/** How `make verify` ended, and what it reported. */
export interface Verified {
  status: number | null;
  stdout: string;
  /** Whether the builder is said to be sealed. */
  sealed: boolean;
  cells: { platform: string; verdict: string; detail: string }[];
}

/** All that is tried in the namespace of the emulator. */
export interface InNamespace {
  open: Tried;
  sealed: Tried;
  /** On the open engine as the builder that is there, on that with ALLOW_EMULATOR=1, and with BUILDER=sealed. */
  runs: { open: Verified; allowed: Verified; sealed: Verified };
}
