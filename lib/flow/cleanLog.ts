import { redactText } from '../proof/redact.ts';

/** What moves a cursor, rings, hides or turns text round: everything of Unicode's class C but the end of a line and tab. */
const INVISIBLE = /[^\P{C}\n\t]/gu;

/**
 * The log of a build as it may be shown and kept: without the credentials that can be told by their form, and with what
 * a terminal would obey written out, for a subject's commands print whatever they like.
 */
export function cleanLog(log: string): string {
  return redactText(log).replace(INVISIBLE, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
