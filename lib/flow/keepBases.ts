import { join } from 'node:path';
import { resolveBases, type ResolvedBase } from '../base/resolveBases.ts';
import type { Distro } from '../matrix/types.ts';
import { fileVersion } from './readableFiles.ts';
import type { RunSteps } from './runSteps.ts';

/** A base, what it was asked for with, and what was noted in the call that found it. */
interface Kept {
  askedWith: string;
  resolved: ResolvedBase;
  notes: readonly string[];
}

/**
 * Resolves bases once: a distro's stays what it is for as long as its row of distros.yaml says the same, and the layout
 * that a person gives for it is not written again. What was noted then is noted each time. A base that could not be had
 * is looked for again.
 */
export function keepBases(resolve: RunSteps['resolveBases'] = resolveBases): RunSteps['resolveBases'] {
  const kept = new Map<string, Kept>();
  return async (options) => {
    const { distros, layouts, note } = options;
    const asked = new Map<string, string>();
    for (const distro of distros) asked.set(distro.name, await askWith(distro, layouts));
    const unknown = distros.filter(({ name }) => kept.get(name)?.askedWith !== asked.get(name));
    if (unknown.length > 0) {
      const notes: string[] = [];
      const found = await resolve({ ...options, distros: unknown, note: (line) => notes.push(line) });
      for (const [name, resolved] of found)
        kept.set(name, { askedWith: asked.get(name) ?? '', resolved, notes });
    }
    const bases = distros.flatMap(({ name }) => {
      const one = kept.get(name);
      return one === undefined ? [] : [{ name, ...one }];
    });
    for (const line of new Set(bases.flatMap(({ notes }) => notes))) note(line);
    for (const { name, resolved } of bases) if ('problem' in resolved) kept.delete(name);
    return new Map(bases.map(({ name, resolved }) => [name, resolved]));
  };
}

/** What a base depends on: of the row all but what is installed into it. */
async function askWith(distro: Distro, layouts: string | undefined): Promise<string> {
  const { baseRef, platforms, osRelease, bootstrap } = distro;
  const layout = layouts === undefined ? '' : await fileVersion(join(layouts, distro.name, 'index.json'));
  return JSON.stringify({ baseRef, platforms, osRelease, bootstrap, layout });
}
