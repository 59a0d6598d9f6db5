import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseDockerignore } from '../../lib/flow/dockerignore.ts';

/** A file, and for some paths whether it leaves them out. */
const files: { title: string; text: string; out: string[]; in: string[] }[] = [
  {
    title: 'a name leaves out what is below it too',
    text: 'dist',
    out: ['dist', 'dist/a/b'],
    in: ['a/dist', 'dist2'],
  },
  {
    title: 'slashes round a name mean nothing',
    text: '/dist/\n./tmp/../log',
    out: ['dist/a', 'log'],
    in: ['tmp'],
  },
  {
    title: 'a star stays in its folder',
    text: '*.md\na/*/c',
    out: ['x.md', '.md', 'a/b/c'],
    in: ['a/x.md', 'a/b/d/c'],
  },
  {
    title: 'two stars go through folders',
    text: '**/*.log\nb/**',
    out: ['x.log', 'a/c/x.log', 'b/x'],
    in: ['b', 'x.logs'],
  },
  {
    title: 'two stars before a name begin at a folder',
    text: '**core',
    out: ['core', 'a/core'],
    in: ['score'],
  },
  { title: 'a question mark is one character', text: 'a?c', out: ['abc'], in: ['ac', 'a/c'] },
  { title: 'a class of characters', text: 'a[0-9]\nb[^x]', out: ['a1', 'by'], in: ['ab', 'bx'] },
  { title: 'a backslash takes a meaning away', text: 'a\\*\n\\!b', out: ['a*', '!b'], in: ['ab', 'b'] },
  {
    title: 'what means something in a regular expression does not here',
    text: 'a.b+(c)$',
    out: ['a.b+(c)$'],
    in: ['aXb+(c)$'],
  },
  {
    title: 'the last line that matches decides',
    text: '*\n!a\na/b',
    out: ['x', 'a/b', 'a/b/c'],
    in: ['a', 'a/x'],
  },
  {
    title: 'comments, empty lines, spaces, a mark and line ends of Windows',
    text: '\uFEFF# dist\r\n\r\n  a \r\n! b \r\n!',
    out: ['a'],
    in: ['# dist', 'dist', ''],
  },
  { title: 'a bad pattern leaves nothing out', text: 'a[\n[z-a]', out: [], in: ['a[', 'a', 'z'] },
];

for (const { title, text, out, in: kept } of files) {
  test(title, () => {
    const ignored = parseDockerignore(text);
    assert.equal(
      [...out, ...kept].filter((path) => ignored.has(path)),
      out,
    );
  });
}

test('whole folders are left out where nothing is taken back in', () => {
  assert.ok(parseDockerignore('a\nb').wholeFolders);
  assert.not(parseDockerignore('a\n!a/b').wholeFolders);
});

test.run();
