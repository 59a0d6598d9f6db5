import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLONE = fileURLToPath(new URL('../..', import.meta.url));
const LEARNT = [
  'docs/tutorial.md',
  'docs/how-to',
  'docs/explanation',
  'docs/scale.md',
  'docs/README.md',
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
];

/** What the comment above a fence says of it. */
export type Directive =
  | { kind: 'not run'; reason: string }
  | { kind: 'exits'; status: number }
  | { kind: 'elsewhere' }
  | { kind: 'write'; file: string }
  | { kind: 'put'; file: string; at: string };

/** A fenced block of a page, without the indent that it stands at in a list. */
export interface Block {
  /** `docs/tutorial.md:12`, the line of the fence. */
  place: string;
  page: string;
  language: string;
  text: string;
  directive: Directive | undefined;
}

/** A command of a page, and what the page says that it prints. */
export interface Said {
  command: string;
  output: string[];
}

/** Every page of the documentation that people write, in the order in which one would read them. */
export function readPages(): { page: string; text: string }[] {
  const files = LEARNT.flatMap((name) =>
    name.endsWith('.md')
      ? [name]
      : readdirSync(join(CLONE, name))
          .sort()
          .map((file) => `${name}/${file}`),
  );
  return files.map((page) => ({ page, text: readFileSync(join(CLONE, page), 'utf8') }));
}

/** The fenced blocks of a page. Throws for a comment above one that says nothing known. */
export function blocksOf({ page, text }: { page: string; text: string }): Block[] {
  return [...text.matchAll(/^( *)```(\w+)\n([^]*?)\n\1```$/gm)].map(
    ({ 1: indent = '', 2: language = '', 3: inner = '', index }) => {
      const above = text.slice(0, index).trimEnd();
      const comment = /<!-- ((?:(?!-->).)*) -->$/.exec(above)?.[1];
      const place = `${page}:${text.slice(0, index).split('\n').length}`;
      return {
        ...{ place, page, language },
        text: inner.replaceAll(new RegExp(`^ {0,${indent.length}}`, 'gm'), ''),
        directive:
          comment === undefined || comment.startsWith('prettier-')
            ? undefined
            : readDirective(comment, place),
      };
    },
  );
}

function readDirective(comment: string, place: string): Directive {
  const [, kind, rest = ''] = /^(not run:|exits|write|put into) (.+)$/.exec(comment) ?? [];
  if (comment === 'in another folder') return { kind: 'elsewhere' };
  if (kind === 'not run:') return { kind: 'not run', reason: rest };
  if (kind === 'exits' && /^\d+$/.test(rest)) return { kind: 'exits', status: Number(rest) };
  if (kind === 'write') return { kind: 'write', file: rest };
  const [, file, at] = /^(\S+) at (".+")$/.exec(rest) ?? [];
  if (kind === 'put into' && file !== undefined && at !== undefined)
    return { kind: 'put', file, at: JSON.parse(at) as string };
  throw new Error(`${place}: the comment above says nothing that is known: ${comment}`);
}

/** Whether a block is for a shell. */
export function isShell({ language }: Block): boolean {
  return language === 'sh' || language === 'console';
}

/**
 * What a block for a shell has a person type: the whole of a script (`sh`), or each command behind a `$` with what it prints
 * (`console`).
 */
export function commandsOf({ language, text }: Block): Said[] {
  if (language === 'sh') return [{ command: text, output: [] }];
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((said) => {
      const [command = '', ...output] = said.trimEnd().split('\n');
      return { command, output };
    });
}

/** Each call of a verb in a script, as its words: `['make', 'verify', 'DISTRO=one']`. Comments are no words. */
export function callsIn(script: string): string[][] {
  return script
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .flatMap((line) => {
      const [, call] =
        /(?:^(?:\w+=\S+ )*|&& |\$\()((?:make|npx platform-marker)\b[^)&|#"]*)/.exec(line.trim()) ?? [];
      return call === undefined ? [] : [call.replace(/ #.*$/, '').trim().split(/\s+/)];
    });
}

/** Each call of a verb that stands in a sentence of a page: `make verify DISTRO=one`. */
export function callsInText(text: string): string[][] {
  const sentences = text.replaceAll(/^( *)```[^]*?\n\1```$/gm, '');
  return [...sentences.matchAll(/`((?:make|npx platform-marker)(?: [^`]*)?)`/g)].map(([, call = '']) =>
    call.split(/\s+/),
  );
}

/**
 * Whether a program printed what a page says. A line `…` stands for any lines, `…` in a line for anything in it; how much
 * space there is between words does not count.
 */
export function prints(output: string, expected: readonly string[]): boolean {
  const lines = expected.map((line) =>
    line.trim() === '…' ? '(?:.*\\n)*' : `${line.split('…').map(literally).join('.*')} *\\n`,
  );
  return new RegExp(`^${lines.join('')}`, 'm').test(`${output.trimEnd()}\n`);
}

function literally(text: string): string {
  return text.replace(/[.\\+*?^$(){}|[\]/]/g, '\\$&').replaceAll(/ +/g, ' +');
}
