import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VERBS } from '../../scripts/verbs.ts';
import { blocksOf, callsIn, callsInText, commandsOf, isShell, prints, readPages } from './pages.ts';

const CLONE = fileURLToPath(new URL('../..', import.meta.url));
const pages = readPages();
const shell = pages.flatMap(blocksOf).filter(isShell);
const programs = new Map<string, Command>(
  await Promise.all(
    Object.values(VERBS)
      .flat()
      .map(async ({ name, load }): Promise<[string, Command]> => [name, (await load()).program]),
  ),
);
const targets =
  /^TARGETS = (.*)$/m.exec(readFileSync(join(CLONE, 'Makefile'), 'utf8'))?.[1]?.split(' ') ?? [];

/** What is wrong with a call of a verb, by the verb's own options. */
function wrongWith([program, ...words]: readonly string[]): string | undefined {
  const [verb = '', ...given] = (program === 'make' ? words : words.slice(1)).filter((word) => word !== '-s');
  const known = programs.get(verb);
  if (program === 'make') {
    if (verb !== '' && !targets.includes(verb)) return `there is no target ${verb}`;
    const variables = known?.options.flatMap(({ envVar }) => envVar ?? []) ?? [];
    const unknown = given.find((word) => !variables.includes(word.split('=')[0] ?? ''));
    return unknown === undefined || known === undefined ? undefined : `${verb} takes no ${unknown}`;
  }
  if (known === undefined) return `there is no verb ${verb}`;
  try {
    known.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
    known.parse(given, { from: 'user' });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

for (const block of shell) {
  test(`${block.place}: the verbs and their options are there`, () => {
    const calls = commandsOf(block).flatMap(({ command }) => callsIn(command));
    assert.equal(
      calls.flatMap((call) => wrongWith(call) ?? []),
      [],
    );
  });
}

for (const { page, text } of pages) {
  test(`${page}: the verbs and options that its sentences name are there`, () => {
    assert.equal(
      callsInText(text).flatMap((call) => wrongWith(call) ?? []),
      [],
    );
  });
}

test('An option that is none, a target and a verb that are none are found', () => {
  assert.is(wrongWith(['make', 'verify', 'DISTRO=a']), undefined);
  assert.match(wrongWith(['make', 'verify', 'DISTROS=a']) ?? '', /takes no DISTROS/);
  assert.match(wrongWith(['make', 'verfy']) ?? '', /no target/);
  assert.is(wrongWith(['npx', 'platform-marker', 'verify', '--distro', 'a']), undefined);
  assert.match(wrongWith(['npx', 'platform-marker', 'verify', '--distros', 'a']) ?? '', /unknown option/);
  assert.match(wrongWith(['npx', 'platform-marker', 'verfy']) ?? '', /no verb/);
});

/** Commands that no test can run, each with its reason in the page: a new one has to be meant. */
const NOT_RUN = 16;

test('No more commands than are counted here are not run', () => {
  const left = shell.filter(({ directive }) => directive?.kind === 'not run');
  assert.is(left.length, NOT_RUN, left.map(({ place }) => place).join('\n'));
});

test('Every link of a page leads to something', () => {
  const broken = pages.flatMap(({ page, text }) =>
    [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
      const [file = '', anchor] = link.split('#');
      if (/^[a-z]+:/.test(link)) return [];
      const path = file === '' ? join(CLONE, page) : join(CLONE, dirname(page), file);
      if (!existsSync(path)) return [`${page}: ${link}`];
      return anchor === undefined || anchorsOf(readFileSync(path, 'utf8')).includes(anchor)
        ? []
        : [`${page}: ${link}`];
    }),
  );
  assert.equal(broken, []);
});

/** As GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('A block is read with its indent, its directive and its commands', () => {
  const text =
    '- a\n\n  <!-- exits 2 -->\n\n  ```console\n  $ make verify DISTRO=a\n  …\n  $ make check\n  ```\n';
  const [block] = blocksOf({ page: 'a.md', text });
  assert.equal(block?.directive, { kind: 'exits', status: 2 });
  assert.is(block?.place, 'a.md:5');
  assert.equal(block === undefined ? [] : commandsOf(block), [
    { command: 'make verify DISTRO=a', output: ['…'] },
    { command: 'make check', output: [] },
  ]);
  assert.throws(
    () => blocksOf({ page: 'a.md', text: '<!-- exists 2 -->\n\n```sh\na\n```\n' }),
    /nothing that is known/,
  );
});

test('What a program prints is held against what a page says of it', () => {
  const output = 'first\n│ one   │ pass │\nlast 12 s\n';
  assert.ok(prints(output, ['…', '│ one │ pass │', '…']));
  assert.ok(prints(output, ['│ one │ … │', 'last … s']));
  assert.not(prints(output, ['│ one │ fail │']));
  assert.not(prints(output, ['│ one │ pass │', 'first']));
});

test.run();
