import type { Node } from 'jsonc-parser';
import { valueOf } from './goFields.ts';
import type { PolicyFile } from './parsePolicy.ts';

/** The nodes of a file's rules, in order, one for each rule of its policy; none where BuildKit refuses the file. */
export function ruleNodes({ root, policy }: PolicyFile): readonly Node[] {
  return policy === undefined ? [] : (valueOf(root, 'rules')?.children ?? []);
}
