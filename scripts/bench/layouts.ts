import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startRegistryProcess } from '../../lib/registry/registryProcess.ts';
import type { Bench } from './bench.ts';
import { PLACES, writeBigLayout } from './layouts/bigLayout.ts';
import { compareFurther, compareTools } from './layouts/compare.ts';
import { findPeers } from './layouts/peers.ts';
import { readersOf } from './layouts/readers.ts';
import type { Row } from './row.ts';

/** What the big layer unpacks to, in bytes. */
const LAYERS = { '70 MB': 70e6, '1 GB': 1e9 };

/** One file out of a layout with a big layer: ours against what people read layouts with. */
export async function benchLayouts({ pairs, work, say, signal }: Bench): Promise<Row[]> {
  const peers = await findPeers(say, signal);
  const readers = readersOf(peers);
  const rows: Row[] = [];
  for (const [layer, bytes] of Object.entries(LAYERS)) {
    say(`a layout with a layer of ${layer}`);
    const dir = join(work, 'layout');
    await writeBigLayout(dir, bytes, signal);
    const registry = await startRegistryProcess({
      repositories: { layout: dir },
      port: 0,
      signal,
      onProblem: say,
    });
    try {
      const repository = `${registry.address}/layout:latest`;
      const layout = { dir, repository, scratch: join(work, 'scratch') };
      const runs = { layout, layer, pairs, signal };
      for (const file of Object.keys(PLACES) as (keyof typeof PLACES)[]) {
        say(`the file ${file}`);
        const apt = readers.filter(
          ({ unpacksAll }) => unpacksAll !== true || file === 'last in the big layer',
        );
        rows.push(...(await compareTools(apt, file, runs)));
      }
      say('one more file in a process');
      rows.push(...(await compareFurther(peers.regctl, runs)));
    } finally {
      await registry.close();
    }
    await rm(dir, { recursive: true });
  }
  return rows;
}
