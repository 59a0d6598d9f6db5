import { posix } from 'node:path';

/** Which paths of a build context a build cannot read. Paths are relative to the context, with `/`. */
export interface Ignored {
  /** Whether a file or folder is left out. */
  has(path: string): boolean;
  /** Whether nothing below a folder that is left out can be in after all: no line of the file takes anything back in. */
  wholeFolders: boolean;
}

/** Nothing is left out. */
export const NOTHING_IGNORED: Ignored = { has: () => false, wholeFolders: true };

/**
 * Reads the text of a .dockerignore file. The last line that matches a path, or a folder that it is in, decides; `!` takes
 * back in. A line that is no pattern leaves nothing out: BuildKit refuses the build, and its error says more.
 *
 * Follows moby/patternmatcher `patternmatcher.go` and `ignorefile/ignorefile.go`.
 */
export function parseDockerignore(text: string): Ignored {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== '!');
  const rules = lines.flatMap((line) => {
    const isBack = line.startsWith('!');
    const path = posix.normalize(isBack ? line.slice(1).trim() : line).replace(/^\/+|\/+$/g, '');
    const pattern = toRegExp(path);
    return path === '' || path === '.' || pattern === undefined ? [] : [{ isBack, pattern }];
  });
  return {
    has: (path) => {
      const last = rules.findLast(({ pattern }) => pattern.test(path));
      return last !== undefined && !last.isBack;
    },
    wholeFolders: !rules.some(({ isBack }) => isBack),
  };
}

/** Matches what the pattern names and everything below it. Undefined for what Go's filepath.Match calls a bad pattern. */
function toRegExp(pattern: string): RegExp | undefined {
  const source = pattern.replace(TOKEN, (token, at: number) => {
    if (token.startsWith('**')) return at + token.length === pattern.length ? '.*' : '(?:.*/)?';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    // A class of characters means the same in both, and one that does not end is an error in both.
    return token.startsWith('[') ? token : `\\${token.at(-1) ?? ''}`;
  });
  try {
    return new RegExp(`^${source}(?:/.*)?$`, 's');
  } catch {
    return undefined;
  }
}

/** What is more than itself in a pattern, or in a regular expression. */
const TOKEN = /\*\*\/?|\*|\?|\[\^?[^\]]+\]|\\.|[\\^$.|+()[\]{}]/gs;
