/**
 * As long as a CONVERT may make an identifier, in UTF-16 units: far past what a registry or a web server takes.
 * BuildKit has no limit, so that a rule which doubles what it takes can use up its memory in 20 changes.
 */
export const IDENTIFIER_MAX = 4096;

/** An identifier that grew past `IDENTIFIER_MAX`. */
export class TooLong extends Error {
  override readonly name = 'TooLong';
}

/** What a template can take from a match: group 0 is the whole match; a group that did not match is undefined. */
export interface Groups {
  byNumber: (number: number) => string | undefined;
  byName: (name: string) => string | undefined;
}

/** A piece of a template: text as it stands, or the name of a group. */
export type TemplatePart = { text: string } | { group: string; start: number; length: number };

const NAME = /[\p{L}\p{Nd}_]+/uy;

/**
 * Splits a template at its `$name`, `${name}` and `$$`, as Go's Regexp.Expand does: without braces a name is as
 * long as it can be (`$1x` is the group called `1x`), and a `$` that starts no name stands for itself.
 */
export function parseTemplate(template: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let text = '';
  let at = 0;
  while (at < template.length) {
    const dollar = template.indexOf('$', at);
    if (dollar === -1) break;
    text += template.slice(at, dollar);
    const reference = readReference(template, dollar + 1);
    if (template[dollar + 1] === '$' || reference === undefined) {
      text += '$';
      at = template[dollar + 1] === '$' ? dollar + 2 : dollar + 1;
      continue;
    }
    if (text !== '') parts.push({ text });
    text = '';
    parts.push({ group: reference.name, start: dollar, length: reference.end - dollar });
    at = reference.end;
  }
  text += template.slice(at);
  if (text !== '') parts.push({ text });
  return parts;
}

/**
 * Fills the groups of a match into a template. Groups that the pattern lacks are empty (Go's Regexp.Expand).
 *
 * @throws {TooLong} where the result would pass `IDENTIFIER_MAX`.
 */
export function expandTemplate(template: readonly TemplatePart[], groups: Groups): string {
  let result = '';
  for (const part of template) {
    result += 'text' in part ? part.text : (lookUp(part.group, groups) ?? '');
    if (result.length > IDENTIFIER_MAX) throw new TooLong();
  }
  return result;
}

/** The number that a group's name stands for; undefined for a name, and `01` and what has ten digits or more are names. */
export function groupNumber(name: string): number | undefined {
  return /^(0|[1-9][0-9]{0,8})$/.test(name) ? Number(name) : undefined;
}

function lookUp(name: string, groups: Groups): string | undefined {
  const number = groupNumber(name);
  return number === undefined ? groups.byName(name) : groups.byNumber(number);
}

function readReference(template: string, from: number): { name: string; end: number } | undefined {
  const brace = template[from] === '{';
  const start = brace ? from + 1 : from;
  NAME.lastIndex = start;
  const name = NAME.exec(template)?.[0];
  if (name === undefined) return undefined;
  const end = start + name.length;
  if (!brace) return { name, end };
  return template[end] === '}' ? { name, end: end + 1 } : undefined;
}
