/** What moves a cursor, rings, hides or turns text round: everything of Unicode's class C but the end of a line and tab. */
const INVISIBLE = /[^\P{C}\n\t]/gu;

/** A text as a terminal may show it: what a terminal would obey, or a reader cannot see, is written out, `\u{1b}`. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
