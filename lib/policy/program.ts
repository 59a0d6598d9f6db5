import { RE2JS, RE2JSSyntaxException } from 're2js';
import { groupNames } from './groupNames.ts';
import { PatternError } from './patternError.ts';

/** A compiled expression. */
export interface Program {
  regex: RE2JS;
  /** The numbers of the groups that carry a name. */
  names: ReadonlyMap<string, readonly number[]>;
}

/**
 * Length times groups that an expression may have: matching takes memory for all groups at each of its steps, and
 * BuildKit's would come to gigabytes too.
 */
const COST_MAX = 8_000_000;

/**
 * Compiles an expression by RE2's rules (re2js). Unicode classes that Go learned in 1.25 (`\p{Letter}`, `\p{ASCII}`)
 * are refused, as BuildKits built with an older Go do.
 *
 * @throws {PatternError} with the text of Go's regexp package.
 */
export function compileProgram(pattern: string): Program {
  checkCost(pattern);
  try {
    const regex = RE2JS.compile(pattern);
    const names = Object.entries(regex.namedGroups());
    return { regex, names: new Map(names.map(([name, number]) => [name, [number]])) };
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    if (error.getDescription() === 'duplicate capture group name') return compileUnnamed(pattern);
    throw new PatternError(goText(error.message, pattern));
  }
}

/** Go lets several groups have one name, which re2js does not. */
function compileUnnamed(pattern: string): Program {
  const { unnamed, numbers } = groupNames(pattern);
  if (unnamed === pattern) throw new Error(`no named groups found in ${pattern}`);
  return { regex: compileProgram(unnamed).regex, names: numbers };
}

/** @throws {PatternError} for an expression that would take too much memory; the text is our own. */
export function checkCost(pattern: string): void {
  const groups = pattern.split('(').length;
  if (pattern.length * groups > COST_MAX) throw new PatternError('this expression is too large to be tried');
}

/** Go quotes what it could not parse in every one of its texts; re2js leaves that out in two. */
function goText(message: string, pattern: string): string {
  if (message.endsWith('trailing backslash at end of expression')) return `${message}: \`\``;
  if (message.endsWith('expression nests too deeply')) return `${message}: \`${pattern}\``;
  return message;
}
