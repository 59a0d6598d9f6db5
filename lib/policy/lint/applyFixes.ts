import type { Edit, Fix } from '../problem.ts';

/**
 * Makes corrections in a text; all else stays as it is, to the last space. Of two that touch the same place the second
 * is left for another round.
 */
export function applyFixes(text: string, fixes: readonly Fix[]): { text: string; applied: number } {
  const inOrder = [...fixes].sort((a, b) => (a.edits[0]?.offset ?? 0) - (b.edits[0]?.offset ?? 0));
  const taken: Edit[] = [];
  let applied = 0;
  for (const { edits } of inOrder) {
    const last = taken.at(-1);
    if (last !== undefined && edits.some(({ offset }) => offset < last.offset + last.length)) continue;
    taken.push(...edits);
    applied++;
  }
  let result = '';
  let from = 0;
  for (const edit of taken) {
    result += text.slice(from, edit.offset) + edit.text;
    from = edit.offset + edit.length;
  }
  return { text: result + text.slice(from), applied };
}
