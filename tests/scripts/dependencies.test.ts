import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isMap, isPair, isScalar, parseAllDocuments, visit } from 'yaml';

const CLONE = fileURLToPath(new URL('../..', import.meta.url));

interface Locked {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  hasInstallScript?: boolean;
}

test('Every package of the lock file is of the registry, and is known by its hash', async () => {
  const { packages } = JSON.parse(await readFile(join(CLONE, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const { '': own, ...others } = packages;
  assert.ok(own !== undefined && Object.keys(others).length > 100);
  for (const [name, { version = '', resolved, integrity = '', link }] of Object.entries(others)) {
    assert.match(name, /^node_modules\//);
    assert.match(version, /^\d+\.\d+\.\d+/, `${name} has a version of the registry`);
    assert.match(integrity, /^sha512-[A-Za-z0-9+/]{86}==$/, `${name} is known by its hash`);
    assert.not(link, name);
    if (resolved !== undefined) assert.match(resolved, /^https:\/\/registry\.npmjs\.org\//, name);
  }
});

test('What package.json asks for is a version and no address', async () => {
  const manifest = JSON.parse(await readFile(join(CLONE, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string> | undefined
  >;
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'])
    for (const [name, range] of Object.entries(manifest[kind] ?? {}))
      assert.match(range, /^[\^~]?\d+\.\d+\.\d+$/, `${name} of ${kind}`);
});

/** What types and linters are called: they say nothing of how the project works. */
const TYPES_AND_LINTERS = /^@types\/|eslint/;

test('CONTRIBUTING names every package that the project stands on, and no other', async () => {
  const { dependencies, devDependencies } = JSON.parse(
    await readFile(join(CLONE, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
  const all = Object.keys({ ...dependencies, ...devDependencies });
  const [, section = ''] = (await readFile(join(CLONE, 'CONTRIBUTING.md'), 'utf8')).split(
    '## What it stands on\n',
  );
  assert.equal(
    [...section.matchAll(/\[([^\]]+)\]\(https:/g)].map(([, name = '']) => name).sort(),
    all.filter((name) => !TYPES_AND_LINTERS.test(name)).sort(),
  );
});

/** This project's own action as examples name it: the reader puts in both, and the words say so. */
const OWN_ACTION = 'OWNER/platform-marker@COMMIT';

/** The actions that a workflow or an action uses and that are another's, not pinned by a commit's digest. */
export function unpinned(text: string): string[] {
  const found: string[] = [];
  for (const document of parseAllDocuments(text))
    visit(document, {
      Pair(_, pair) {
        if (!isPair(pair) || !isScalar(pair.key) || pair.key.value !== 'uses' || isMap(pair.value)) return;
        const used = isScalar(pair.value) ? String(pair.value.value) : '';
        if (
          !used.startsWith('./') &&
          used !== OWN_ACTION &&
          !/@[0-9a-f]{40}$/.test(used) &&
          !/^docker:.*@sha256:[0-9a-f]{64}$/.test(used)
        )
          found.push(used);
      },
    });
  return found;
}

test('An action that is used by a tag or a branch is told from one that is pinned', () => {
  const pinned = `actions/checkout@${'a'.repeat(40)}`;
  const steps = ['actions/checkout@v4', 'a/b@main', 'docker://alpine:3', pinned, './here', 'a/b@aaaaaaa'];
  const text = `runs:\n  steps:\n${steps.map((uses) => `    - uses: ${uses}\n`).join('')}`;
  assert.equal(unpinned(text), ['actions/checkout@v4', 'a/b@main', 'docker://alpine:3', 'a/b@aaaaaaa']);
});

/** All files of the clone but those below some folders, relative to it. */
async function filesOf(passedOver: readonly string[]): Promise<string[]> {
  const entries = await readdir(CLONE, { withFileTypes: true });
  const files = await Promise.all(
    entries.map(async (entry) => {
      if (!entry.isDirectory()) return [entry.name];
      if (passedOver.includes(entry.name)) return [];
      const names = await readdir(join(CLONE, entry.name), { recursive: true });
      return names.map((name) => join(entry.name, name));
    }),
  );
  return files.flat();
}

test('Every action that this repository uses, or shows to others, is pinned by its digest', async () => {
  const files = await filesOf(['.git', 'node_modules', 'out', 'tests']);
  const workflows = files.filter((file) =>
    /(^|\/)action\.ya?ml$|^(\.github|examples|docs)\/.*\.ya?ml$/.test(file),
  );
  for (const file of workflows)
    assert.equal(unpinned(await readFile(join(CLONE, file), 'utf8')), [], `${file} uses what can be moved`);
  for (const file of files.filter((name) => name.endsWith('.md'))) {
    const text = await readFile(join(CLONE, file), 'utf8');
    for (const [, example = ''] of text.matchAll(/^```ya?ml\n([^]*?)^```$/gm))
      assert.equal(unpinned(example), [], `${file} shows what can be moved`);
  }
});

test.run();
