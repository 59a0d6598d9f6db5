import type { CanaryResult } from '../../../lib/proof/canary.ts';

/** What the canaries came to on one engine. */
export interface Tried {
  sealed: boolean;
  platform: string;
  canaries: CanaryResult[];
}
