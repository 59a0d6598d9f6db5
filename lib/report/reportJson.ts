import type { Report } from './schema.ts';

/** What a terminal obeys or a reader cannot see. The end of a line stands only between the tokens of a JSON text. */
const INVISIBLE = /[^\P{C}\n]/gu;

/** The report as JSON text. What is not to be seen in it is escaped, for people look at such a file on a terminal. */
export function reportJson(report: Report): string {
  const text = JSON.stringify(report, null, 2).replace(INVISIBLE, (character) =>
    // By code units: JSON has no other escape for what lies above U+FFFF.
    Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  );
  return `${text}\n`;
}
