import type { Check } from './lintRule.ts';

/** What keeps BuildKit from reading the file at all; found when the file is parsed. */
export const unreadable: Check = {
  rules: [
    {
      id: 'json-syntax',
      severity: 'error',
      documentation: 'buildx reads policies with a strict JSON parser and ends the build on the first slip.',
    },
    {
      id: 'json-comment',
      severity: 'error',
      documentation: 'JSON has no comments; those of JSONC and JSON5 end the build.',
    },
    {
      id: 'json-trailing-comma',
      severity: 'error',
      documentation: 'JSON has no comma before a closing bracket; those of JSONC and JSON5 end the build.',
    },
    {
      id: 'json-bom',
      severity: 'error',
      documentation: 'A byte order mark in front of the text is no JSON, and ends the build.',
    },
    {
      id: 'json-encoding',
      severity: 'error',
      documentation: 'JSON is UTF-8; Go replaces every other byte by U+FFFD, and the rule no longer matches.',
    },
    {
      id: 'json-empty',
      severity: 'error',
      documentation: 'buildx takes an empty file for a policy without rules, which allows everything.',
    },
    {
      id: 'json-depth',
      severity: 'error',
      documentation: 'A policy nests six levels deep; anything much deeper is no policy.',
    },
    {
      id: 'json-size',
      severity: 'error',
      documentation: 'A policy travels in one message to BuildKit, which takes 16 MiB at most.',
    },
    {
      id: 'wrong-type',
      severity: 'error',
      documentation: 'A value of another JSON type than the field has ends the build.',
    },
    {
      id: 'bad-enum',
      severity: 'error',
      documentation:
        'Names of actions, match types and conditions are upper case; any other name ends the build.',
    },
  ],
  find: ({ file }) => file.problems,
};
