import { formatPlatform } from '../oci/platform.ts';
import type { Provenance } from './provenance.ts';
import { needsEmulator } from './runsNatively.ts';

/** An op of a build that ran a command, or would have if its result had not been in the cache. */
export interface ExecOp {
  args: readonly string[];
  /** For people: the script of a shell's `-c`, or else the arguments. Hostile text is possible; escape it. */
  command: string;
  /** The platform that the op was run as, normalized. */
  platform: string;
  /** True when a program of that platform does not run on the build platform by itself. */
  foreign: boolean;
}

/**
 * The exec ops of a build. What a frontend brings as the source of its error messages is no part of the build.
 * An op without a platform runs as the builder's own (BuildKit `solver/llbsolver/vertex.go`).
 *
 * @param buildPlatform normalized, such as `linux/amd64`.
 */
export function execOpsOf(provenance: Provenance, buildPlatform: string): ExecOp[] {
  return provenance.steps.flatMap(({ op, platform: own }) => {
    if (op.kind !== 'exec') return [];
    const platform = own === undefined ? buildPlatform : formatPlatform(own);
    const { args } = op;
    return [{ args, command: commandOf(args), platform, foreign: needsEmulator(platform, buildPlatform) }];
  });
}

const SHELL = /(^|\/)(ba|da|a|z|k)?sh$/;

/** A command as a person would type it: the script of a shell, or the arguments. */
export function commandOf(args: readonly string[]): string {
  const script = args.at(-1);
  const isScript = args.length > 2 && SHELL.test(args[0] ?? '') && /^-[a-z]*c$/.test(args.at(-2) ?? '');
  if (isScript && script !== undefined) return script;
  return args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : JSON.stringify(arg))).join(' ');
}
