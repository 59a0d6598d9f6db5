import type { Command } from 'commander';
import type { VerbRun } from '../lib/cli/runVerb.ts';

/** A verb of the command line: how the lists name it, and how it is loaded once it is wanted. */
export interface Verb {
  name: string;
  summary: string;
  load: () => Promise<{ program: Command; run: VerbRun }>;
}

/** Every verb that works in any repository, grouped and in the order in which a person reads them. */
export const VERBS: Readonly<Record<string, readonly Verb[]>> = {
  Start: [
    {
      name: 'init',
      summary: 'write a distros.yaml and its policies into this repository',
      load: () => import('./init.ts'),
    },
    {
      name: 'doctor',
      summary: 'what this machine can do, and a fix for what it lacks',
      load: () => import('./doctor.ts'),
    },
    {
      name: 'completion',
      summary: 'a script that completes verbs, options and names in bash or zsh',
      load: () => import('./completion.ts'),
    },
  ],
  Verify: [
    {
      name: 'verify',
      summary: 'every distro, by every path, on every platform',
      load: () => import('./verify.ts'),
    },
    {
      name: 'watch',
      summary: 'verify again on every save, and what changed',
      load: () => import('./watch.ts'),
    },
    {
      name: 'check',
      summary: 'judge again what the last run left, or the markers of a layout',
      load: () => import('./check.ts'),
    },
    {
      name: 'merge',
      summary: 'the reports of all shards as one',
      load: () => import('./merge.ts'),
    },
    {
      name: 'marker',
      summary: 'only the marker images, as OCI layouts',
      load: () => import('./marker.ts'),
    },
    {
      name: 'reproduce',
      summary: 'the same inputs give the same marker images, by another builder too',
      load: () => import('./reproduce.ts'),
    },
  ],
  'Policies and data': [
    {
      name: 'generate',
      summary: 'write what follows from distros.yaml; hand edits stay',
      load: () => import('./generate.ts'),
    },
    {
      name: 'check-generated',
      summary: 'fail where a generated file is out of date',
      load: () => import('./check-generated.ts'),
    },
    { name: 'diff', summary: 'the hand edits of the policies', load: () => import('./diff.ts') },
    {
      name: 'lint',
      summary: 'what is wrong with the policies, with line and column',
      load: () => import('./lint.ts'),
    },
    {
      name: 'explain',
      summary: 'what the policies do with a source, rule by rule',
      load: () => import('./explain.ts'),
    },
  ],
  'By hand': [
    {
      name: 'engine',
      summary: 'an engine that stays up, for using docker by hand',
      load: () => import('./engine.ts'),
    },
    {
      name: 'registry',
      summary: 'serve the marker images at the address that the policies name',
      load: () => import('./registry.ts'),
    },
    { name: 'clean', summary: 'take away what runs left', load: () => import('./clean.ts') },
  ],
};

/** Verbs that are no targets of make: for other repositories alone, and for whoever types options. */
export const NOT_OF_MAKE: readonly string[] = ['init', 'completion'];
