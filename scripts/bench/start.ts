import { fileURLToPath } from 'node:url';
import type { Bench } from './bench.ts';
import { measure } from './measure.ts';
import { ratiosTo, type Row } from './row.ts';
import { verbCommand } from './verb.ts';

/** A marker layout as BuildKit wrote it. */
const LAYOUT = fileURLToPath(new URL('../../tests/fixtures/buildkit/marker', import.meta.url));

/** What should feel instant: the verbs that build nothing. */
const VERBS: Readonly<Record<string, string[]>> = {
  'make verify --help': verbCommand('verify', ['--help']),
  'make lint': verbCommand('lint', []),
  'make explain REF=debian:bookworm': verbCommand('explain', ['--ref', 'debian:bookworm']),
  'make check LAYOUT=…': verbCommand('check', ['--layout', LAYOUT]),
};
/** They take so little that a few turns say nothing. */
const TURNS = 5;

/** Whole processes of the verbs that build nothing, against Node with nothing to do. */
export async function benchStart({ pairs, say, signal }: Bench): Promise<Row[]> {
  say('the verbs that build nothing');
  const node: Row = { part: 'start', what: 'a start', by: 'node -e 0', seconds: [] };
  const rows = Object.keys(VERBS).map((by): Row => ({ part: 'start', what: 'a start', by, seconds: [] }));
  for (let turn = 0; turn < TURNS * pairs; turn++) {
    for (const row of [node, ...rows]) {
      const command = VERBS[row.by] ?? [process.execPath, '-e', '0'];
      row.seconds.push((await measure([{ command }], signal)).seconds);
    }
  }
  return [
    node,
    ...rows.map((row) => ({
      ...row,
      against: [{ of: 'node -e 0', ratios: ratiosTo(node.seconds, row.seconds) }],
    })),
  ];
}
