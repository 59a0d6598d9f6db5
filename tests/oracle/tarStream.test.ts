import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { extract } from 'tar-stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LayoutError } from '../../lib/oci/layoutError.ts';
import { anyTar } from './tar/anyTar.ts';
import { readTar, type Seen } from './tar/seen.ts';

const SEED = 20_240_608;
const TARS = 3000;

test('reads no tar otherwise than tar-stream, where both read it', async () => {
  let both = 0;
  for (const bytes of fc.sample(anyTar, { seed: SEED, numRuns: TARS })) {
    const ours = readTar(bytes);
    if (ours instanceof LayoutError) continue;
    both += 1;
    assert.equal(await readWithTarStream(bytes), ours.map(placeOf), bytes.toString('base64'));
  }
  process.stdout.write(`seed ${SEED}: ${both} of ${TARS} read by both\n`);
  assert.ok(both > TARS / 10);
});

/** What decides which bytes are at a path. What is no link has no target, whatever its header holds there. */
type Place = Pick<Seen, 'name' | 'type' | 'linkname' | 'size' | 'sha256'>;

function placeOf({ name, type, linkname, size, sha256 }: Seen): Place {
  return { name, type, linkname: type.endsWith('link') ? linkname : '', size, sha256 };
}

async function readWithTarStream(bytes: Buffer): Promise<Place[]> {
  const seen: Place[] = [];
  const tar = extract();
  tar.on('entry', (header, payload, next) => {
    const hash = createHash('sha256');
    payload.on('data', (chunk) => hash.update(chunk as Buffer));
    payload.on('end', () => {
      seen.push(placeOf({ ...header, sha256: hash.digest('hex') }));
      next();
    });
  });
  await new Promise((resolve, reject) => {
    tar.on('finish', () => {
      resolve(undefined);
    });
    tar.on('error', reject);
    tar.end(bytes);
  });
  return seen;
}

test.run();
