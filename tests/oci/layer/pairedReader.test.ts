import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createPairedReader } from '../../../lib/oci/layer/pairedReader.ts';
import { breaksRule } from '../../fixtures/layouts/breaksRule.ts';
import { gnuLong, pax, tar } from '../../fixtures/layouts/tarBytes.ts';

/** Reads a tar in chunks and returns what both readers have seen. */
async function read(bytes: Buffer, chunkBytes = 65536): Promise<[string, string][]> {
  const seen: [string, string][] = [];
  const reader = createPairedReader((entry) => {
    const pair: [string, string] = [entry.name, ''];
    seen.push(pair);
    return (payload) => (pair[1] = payload.toString());
  });
  for (let at = 0; at < bytes.length; at += chunkBytes)
    await reader.write(bytes.subarray(at, at + chunkBytes));
  await reader.end();
  return seen;
}

const TAR = tar(
  { name: 'a', content: 'x'.repeat(1000) },
  { name: 'b/', type: '5' },
  pax({ path: 'é'.repeat(80), size: '3' }),
  { name: 'c', content: 'yyy' },
  gnuLong('L', 'd'.repeat(200)),
  { name: 'd', content: '' },
);

test('gives names and payloads, whatever the chunks', async () => {
  const expected = [
    ['a', 'x'.repeat(1000)],
    ['b/', ''],
    ['é'.repeat(80), 'yyy'],
    ['d'.repeat(200), ''],
  ];
  for (const chunkBytes of [1, 511, 512, 513, 65536]) assert.equal(await read(TAR, chunkBytes), expected);
});

test('comes to an end with payloads that nobody takes and that are larger than any buffer', async () => {
  const reader = createPairedReader(() => undefined);
  const bytes = tar({ name: 'a', content: Buffer.alloc(3_000_000) }, { name: 'b', content: 'x' });
  for (let at = 0; at < bytes.length; at += 100_000) await reader.write(bytes.subarray(at, at + 100_000));
  await reader.end();
});

test('throws what is thrown at an entry', async () => {
  const reader = createPairedReader(() => {
    throw new RangeError('not this one');
  });
  try {
    await reader.write(TAR);
    assert.unreachable('expected the error to come out');
  } catch (error) {
    assert.instance(error, RangeError);
  } finally {
    reader.destroy();
  }
});

test('refuses a tar that is cut anywhere', async () => {
  for (let length = 0; length < TAR.length; length += 128) {
    try {
      await read(TAR.subarray(0, length));
      assert.unreachable(`expected a cut at ${length} to be refused`);
    } catch (error) {
      assert.match((error as Error).message, /\[tar-(truncated|end)\]$/);
    }
  }
});

test('refuses an entry on which tar-stream does not agree', async () => {
  const reader = createPairedReader((entry) => {
    entry.name = 'what Go would see';
    return undefined;
  });
  await breaksRule(
    'tar-readers-disagree',
    reader.write(TAR).then(() => reader.end()),
  );
  reader.destroy();
});

test.run();
