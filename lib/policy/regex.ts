import { expandTemplate, IDENTIFIER_MAX, parseTemplate, TooLong } from './expandTemplate.ts';
import { endOfPrefix, holdsPrefix, plainPrefix } from './plainRegex.ts';
import type { PlainPrefix } from './plainRegex.ts';
import { checkCost, compileProgram } from './program.ts';
import type { Program } from './program.ts';

/** A regular expression of Go's RE2 syntax, which matches in time linear in the text whatever the pattern. */
export interface Regex {
  pattern: string;
  /** What every match starts with, for patterns that are plain enough to tell. */
  prefix: PlainPrefix | undefined;
  /** Whether any part of the text matches (Go's MatchString: no anchors are added). */
  test: (text: string) => boolean;
  /**
   * Replaces every match, as Go's ReplaceAllString: `$1`, `${name}` and `$$` in the template are filled in. Throws
   * `TooLong` as `expandTemplate` does.
   */
  replaceAll: (text: string, template: string) => string;
}

/**
 * Compiles a pattern by RE2's rules, as late as it can: compiling takes long, and most texts lack what most patterns
 * start with.
 *
 * @param programs compiled expressions, by their text; what is compiled here is added. Patterns that differ only in how
 *   they start share one.
 * @throws {PatternError} with the text of Go's regexp package.
 */
export function compileRegex(pattern: string, programs = new Map<string, Program>()): Regex {
  checkCost(pattern);
  const program = (text: string) => {
    const known = programs.get(text) ?? compileProgram(text);
    programs.set(text, known);
    return known;
  };
  const plain = plainPrefix(pattern);
  if (plain?.anchored === true)
    return { pattern, prefix: plain, ...anchored(plain, () => program(`^${plain.rest}`)) };
  if (plain === undefined) program(pattern);
  const mayMatch = (text: string) => plain === undefined || holdsPrefix(text, plain);
  return {
    pattern,
    prefix: plain,
    test: (text) => mayMatch(text) && program(pattern).regex.test(text),
    replaceAll: (text, template) => (mayMatch(text) ? replaceAll(program(pattern), text, template) : text),
  };
}

/** A pattern that is held to the start of the text: past its prefix, only the rest has to match. */
function anchored({ characters }: PlainPrefix, rest: () => Program): Pick<Regex, 'test' | 'replaceAll'> {
  return {
    test: (text) => {
      const end = endOfPrefix(text, 0, characters);
      return end !== undefined && rest().regex.test(text.slice(end));
    },
    replaceAll: (text, template) => {
      const end = endOfPrefix(text, 0, characters);
      if (end === undefined) return text;
      const matcher = rest().regex.matcher(text.slice(end));
      if (!matcher.find()) return text;
      const group = groupOf(matcher);
      const whole = text.slice(0, end + matcher.end());
      // Plain patterns have no names.
      const groups = {
        byNumber: (number: number) => (number === 0 ? whole : group(number)),
        byName: () => undefined,
      };
      return expandTemplate(parseTemplate(template), groups) + text.slice(whole.length);
    },
  };
}

function replaceAll({ regex, names }: Program, text: string, template: string): string {
  const parts = parseTemplate(template);
  const matcher = regex.matcher(text);
  const byNumber = groupOf(matcher);
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

function groupOf(matcher: ReturnType<Program['regex']['matcher']>): (number: number) => string | undefined {
  return (number) => (number <= matcher.groupCount() ? (matcher.group(number) ?? undefined) : undefined);
}
