import { PROGRAM } from '../fault/spelling.ts';

/** `platform-marker --help`: every verb in its group, examples, and what the exit status says. */
export function helpText(
  groups: Readonly<Record<string, readonly { name: string; summary: string }[]>>,
): string {
  const width = Math.max(
    ...Object.values(groups)
      .flat()
      .map(({ name }) => name.length),
  );
  const lists = Object.entries(groups).map(([group, verbs]) =>
    [group, ...verbs.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`), ''].join('\n'),
  );
  return [
    `Usage: ${PROGRAM} <verb> [options]`,
    '',
    'Proves, without QEMU, that a BuildKit frontend or a Dockerfile picks the worker image of the platform that was asked for.',
    '',
    ...lists,
    'Examples',
    ...EXAMPLES.map((example) => `  ${PROGRAM} ${example}`),
    '',
    `${PROGRAM} <verb> --help has the options of a verb.`,
    'Exit status: 0 verified, 1 a cell or a control fell short, 2 wrong input, 3 no usable builder.',
    '',
  ].join('\n');
}

const EXAMPLES = [
  'verify --distro debian-bookworm,azlinux3 --platform linux/arm64',
  'verify --frontend ./bin/frontend --worker-path source-policy',
  'explain --ref debian:bookworm',
];
