import { applyFixes } from './applyFixes.ts';
import { lintPolicy } from './lint.ts';
import type { LintInput } from './lint.ts';

/** A correction may uncover the next: a comma, behind it a key, behind that an identifier. */
const ROUNDS_MAX = 10;

/**
 * Corrects what is mechanical in a policy, until nothing of that kind is left. Formatting and order stay.
 *
 * @returns the new bytes and how many corrections were made; the same bytes where there was nothing to do.
 */
export function fixPolicy({ file, bytes }: LintInput): { bytes: Uint8Array; fixed: number } {
  let current = bytes;
  let fixed = 0;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const findings = lintPolicy({ file, bytes: current });
    const fixes = findings.flatMap(({ fix }) => fix ?? []);
    const text = findings[0]?.lines.text;
    if (fixes.length === 0 || text === undefined) break;
    const result = applyFixes(text, fixes);
    current = new TextEncoder().encode(result.text);
    fixed += result.applied;
  }
  return { bytes: current, fixed };
}
