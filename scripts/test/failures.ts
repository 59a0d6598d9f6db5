import { stripVTControlCharacters } from 'node:util';

/** How much of a failure the closing lines of a run repeat: its last lines, none longer than this. */
const LINES = 12;
const CHARACTERS = 200;
const HEADING = /^ {3}FAIL .*"$/;
const SUMMARY = /^ +Total: +\d/;
/** The next file's name, and how its tests went. */
const NEXT_FILE = /^(?:tests\/\S+\.test\.ts|[•✘ ]+\(\d+ \/ \d+\))$/;
const IN_THE_LIBRARY = /^ +at .*(?:node_modules|node:)/;

/**
 * What uvu's output says of the tests that failed: for each its heading and the end of its message, which is where the
 * output of a program is that ended wrongly, without colours, blank lines, frames of the library and what uvu says twice.
 */
export function failuresOf(output: string): string[] {
  const failures: string[][] = [];
  const lines = stripVTControlCharacters(output).split('\n');
  const summary = lines.findLastIndex((line) => SUMMARY.test(line));
  for (const line of lines.slice(0, summary === -1 ? undefined : summary)) {
    if (HEADING.test(line)) failures.push([line.trim()]);
    else if (line.trim() !== '' && !NEXT_FILE.test(line) && !IN_THE_LIBRARY.test(line))
      failures.at(-1)?.push(line.trim());
  }
  return failures.map(([heading = '', ...lines]) => {
    const said = [...new Set(lines)].slice(-LINES);
    return [
      heading,
      ...said.map((line) => `  ${line.length > CHARACTERS ? `${line.slice(0, CHARACTERS)}…` : line}`),
    ].join('\n');
  });
}
