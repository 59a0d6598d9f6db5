import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LayoutError, type LayoutRule } from '../../lib/oci/layoutError.ts';
import { buildGo, testWithGo } from './go.ts';
import { anyTar } from './tar/anyTar.ts';
import { readTar, type Seen } from './tar/seen.ts';

const SEED = 20_240_607;
const TARS = 6000;

/** What the oracle writes for a tar; names are base64. */
interface OracleLine {
  error?: string;
  entries: Seen[];
}

const TYPES: Readonly<Record<string, string>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'link',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
};

await testWithGo("reads no tar otherwise than Go's archive/tar, where both read it", async () => {
  const tars = fc.sample(anyTar, { seed: SEED, numRuns: TARS });
  const theirs = await readWithGo(tars);
  const tally = { both: 0, neither: 0, onlyGo: 0, onlyOurs: 0 };
  const rules = new Set<LayoutRule>();
  for (const [i, bytes] of tars.entries()) {
    const ours = readTar(bytes);
    const their = theirs[i];
    if (ours instanceof LayoutError) {
      rules.add(ours.rule);
      tally[their === undefined ? 'neither' : 'onlyGo'] += 1;
    } else if (their === undefined) {
      tally.onlyOurs += 1;
      assert.unreachable(`only we read ${bytes.toString('base64')}`);
    } else {
      tally.both += 1;
      assert.equal(ours, their, bytes.toString('base64'));
    }
  }
  process.stdout.write(
    `seed ${SEED}: ${JSON.stringify(tally)}, refused for ${[...rules].sort().join(' ')}\n`,
  );
  assert.ok(tally.both > TARS / 10 && tally.onlyGo > TARS / 20 && tally.neither > TARS / 20);
});

/** What Go reads of each tar; undefined for what it refuses. A global header is no file. */
async function readWithGo(tars: readonly Buffer[]): Promise<(Seen[] | undefined)[]> {
  const oracle = await buildGo({ module: fileURLToPath(new URL('tar', import.meta.url)), package: '.' });
  const input = tars.map((bytes) => `${bytes.toString('base64')}\n`).join('');
  const { stdout } = await execa(oracle, { input, maxBuffer: 2 ** 30 });
  return stdout.split('\n').map((line) => {
    const { error, entries } = JSON.parse(line) as OracleLine;
    if (error !== undefined) return undefined;
    return entries
      .filter(({ type }) => type !== 'g')
      .map((entry) => ({
        ...entry,
        name: text(entry.name),
        linkname: text(entry.linkname),
        type: TYPES[entry.type] ?? entry.type,
      }));
  });
}

function text(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}

test.run();
