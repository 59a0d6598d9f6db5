/** What may stand in braces in a subject, as people write it. */
export const PLACEHOLDERS = [
  'name',
  'key',
  'base',
  'manager',
  'install',
  'package',
  'program',
  'release',
] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];

/** `${shell}` is not ours; `{{word}}` stands for a plain `{word}`; `{word}` is a placeholder. */
const BRACES = /\$\{[^}]*\}|\{\{([\w-]+)\}\}|\{([\w-]+)\}/g;

/** The words in braces in `text`, in order, whether they are placeholders that exist or not. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(BRACES)].flatMap((match) => (match[2] === undefined ? [] : [match[2]]));
}

/** `text` with each placeholder replaced by its value. A word that is no placeholder stays as it is. */
export function fillPlaceholders(text: string, values: Readonly<Record<Placeholder, string>>): string {
  return text.replace(BRACES, (whole, escaped: string | undefined, word: string | undefined) => {
    if (escaped !== undefined) return `{${escaped}}`;
    return isPlaceholder(word) ? values[word] : whole;
  });
}

export function isPlaceholder(word: string | undefined): word is Placeholder {
  return PLACEHOLDERS.some((placeholder) => placeholder === word);
}
