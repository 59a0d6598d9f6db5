import { RE2JS, RE2JSSyntaxException } from 're2js';
import { expandTemplate, IDENTIFIER_MAX, parseTemplate, TooLong } from './expandTemplate.ts';
import { groupNames } from './groupNames.ts';
import { PatternError } from './patternError.ts';
import { holdsPrefix, plainPrefix } from './plainRegex.ts';

/** A regular expression of Go's RE2 syntax, which matches in time linear in the text whatever the pattern. */
export interface Regex {
  pattern: string;
  /** Whether any part of the text matches (Go's MatchString: no anchors are added). */
  test: (text: string) => boolean;
  /**
   * Replaces every match, as Go's ReplaceAllString: `$1`, `${name}` and `$$` in the template are filled in. Throws
   * `TooLong` as `expandTemplate` does.
   */
  replaceAll: (text: string, template: string) => string;
}

/**
 * Compiles a pattern by RE2's rules (re2js). Unicode classes that Go learned in 1.25 (`\p{Letter}`, `\p{ASCII}`) are
 * refused, as BuildKits built with an older Go do.
 *
 * @throws {PatternError} with the text of Go's regexp package.
 */
export function compileRegex(pattern: string): Regex {
  const plain = plainPrefix(pattern);
  if (plain === undefined) {
    const program = compileProgram(pattern);
    return {
      pattern,
      test: (text) => program.regex.test(text),
      replaceAll: (text, template) => replaceAll(program, text, template),
    };
  }
  // Compiling is the expensive part, and most texts lack what a pattern starts with.
  let compiled: Program | undefined;
  const program = () => (compiled ??= compileProgram(pattern));
  return {
    pattern,
    test: (text) => holdsPrefix(text, plain) && program().regex.test(text),
    replaceAll: (text, template) => (holdsPrefix(text, plain) ? replaceAll(program(), text, template) : text),
  };
}

interface Program {
  regex: RE2JS;
  /** The numbers of the groups that carry a name. */
  names: ReadonlyMap<string, readonly number[]>;
}

function compileProgram(pattern: string): Program {
  try {
    const regex = RE2JS.compile(pattern);
    const names = Object.entries(regex.namedGroups());
    return { regex, names: new Map(names.map(([name, number]) => [name, [number]])) };
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const { unnamed, numbers } = groupNames(pattern);
    if (error.getDescription() === 'duplicate capture group name' && unnamed !== pattern) {
      return { regex: compileProgram(unnamed).regex, names: numbers };
    }
    throw new PatternError(goText(error.message, pattern));
  }
}

/** Go quotes what it could not parse in every one of its texts; re2js leaves that out in two. */
function goText(message: string, pattern: string): string {
  if (message.endsWith('trailing backslash at end of expression')) return `${message}: \`\``;
  if (message.endsWith('expression nests too deeply')) return `${message}: \`${pattern}\``;
  return message;
}

function replaceAll({ regex, names }: Program, text: string, template: string): string {
  const parts = parseTemplate(template);
  const matcher = regex.matcher(text);
  const byNumber = (number: number) =>
    number <= matcher.groupCount() ? (matcher.group(number) ?? undefined) : undefined;
  const byName = (name: string) =>
    names
      .get(name)
      ?.map(byNumber)
      .find((group) => group !== undefined);
  let result = '';
  let copied = 0;
  let from = 0;
  while (from <= text.length && matcher.find(from)) {
    const start = matcher.start();
    const end = matcher.end();
    result += text.slice(copied, start);
    // An empty match right behind another one is not replaced a second time (Go's Regexp.replaceAll).
    if (end > copied || start === 0) result += expandTemplate(parts, { byNumber, byName });
    if (result.length > IDENTIFIER_MAX) throw new TooLong();
    copied = end;
    from = end > from ? end : from + ((text.codePointAt(from) ?? 0) > 0xffff ? 2 : 1);
  }
  return result + text.slice(copied);
}
