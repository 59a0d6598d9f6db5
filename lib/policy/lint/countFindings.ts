import type { Finding } from './lint.ts';

/** How many findings there are of each severity, and how many of all can be corrected mechanically. */
export function countFindings(findings: readonly Finding[]): {
  errors: number;
  warnings: number;
  fixable: number;
} {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const fixable = findings.filter(({ fix }) => fix !== undefined).length;
  return { errors, warnings: findings.length - errors, fixable };
}
