import type { Node } from 'jsonc-parser';
import { wrongInput } from '../fault/fault.ts';
import { decodePolicy } from './decodePolicy.ts';
import { drawPlace } from './drawPlace.ts';
import { readJson } from './jsonText.ts';
import type { Problem } from './problem.ts';
import { lineMap, positionAt } from './textPlace.ts';
import type { LineMap } from './textPlace.ts';
import type { Policy } from './types.ts';

/** A file that is wrong throughout is wrong in one way: the first places tell it. */
const COMPLAINTS_MAX = 20;

/** A policy file as read. */
export interface PolicyFile {
  /** The name that messages show. */
  file: string;
  lines: LineMap;
  /** The tree of the JSON text; undefined where the text is too broken to have one. */
  root: Node | undefined;
  /** What BuildKit reads from the file; undefined where it refuses the file. */
  policy: Policy | undefined;
  /** Why BuildKit refuses the file. */
  problems: readonly Problem[];
}

/** Reads the bytes of a policy file. Never throws; `requirePolicy` does. */
export function parsePolicy(file: string, bytes: Uint8Array): PolicyFile {
  const { text, root, problems } = readJson(bytes);
  const all = [...problems];
  let policy: Policy | undefined;
  if (root !== undefined) {
    const decoded = decodePolicy(root, { text, problems: all });
    if (root.type === 'null') all.push(nullPolicy(root));
    if (all.length === 0) policy = decoded;
  }
  return { file, lines: lineMap(text), root, policy, problems: all };
}

/**
 * The policy of a file that BuildKit takes.
 *
 * @throws {Fault} with the reasons for which it does not, each with its line, column and a drawing of the place.
 */
export function requirePolicy({ file, lines, policy, problems }: PolicyFile): Policy {
  if (policy !== undefined) return policy;
  throw wrongInput(
    problems.slice(0, COMPLAINTS_MAX).map(({ message, next, offset, length }) => ({
      message: `${message}\n${drawPlace(lines, offset, length)}`,
      place: { file, ...positionAt(lines, offset) },
      ...(next === undefined ? {} : { next }),
    })),
  );
}

/** Go reads `null` as nothing at all: a policy without rules. Nobody means that. */
function nullPolicy({ offset, length }: Node): Problem {
  const message =
    'a policy must be an object, not null, which BuildKit takes for a policy that allows everything';
  return { rule: 'wrong-type', message, offset, length };
}
