import { fileURLToPath } from 'node:url';
import { askInLines, buildGo } from '../go.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** BuildKit releases to compare with, and the module file that pins each. */
export const RELEASES = [
  { version: 'v0.34.2', modFile: 'go.mod' },
  // What Docker Engine 28.5 carries.
  { version: 'v0.25.2', modFile: 'buildkit-v0.25.mod' },
] as const;

export type Release = (typeof RELEASES)[number];

/** One case for the oracle: policies as the texts of their files, and a source. */
export interface OracleCase {
  policies: string[];
  identifier: string;
  attrs: Record<string, string>;
}

/** The oracle's verdict, one for each case. `refused`: a policy cannot be read. */
export interface OracleVerdict {
  kind: 'refused' | 'allowed' | 'denied' | 'too-many-changes' | 'error';
  error?: string;
  changed: boolean;
  identifier: string;
  attrs: Record<string, string> | null;
}

/** Builds the oracle for a release; gives the path of its binary. */
export function buildOracle({ modFile }: Release): Promise<string> {
  return buildGo({ module: HERE, package: '.', modFile });
}

/** Has the oracle judge cases, in their order. */
export function askOracle(binary: string, cases: readonly OracleCase[]): Promise<OracleVerdict[]> {
  return askInLines(binary, cases);
}
