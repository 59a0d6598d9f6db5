// Serves OCI layouts on loopback until its standard input ends. What it reads and prints: lib/registry/registryProcess.ts.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Fault } from '../lib/fault/fault.ts';
import type { ServeConfig, ServeOutcome } from '../lib/registry/registryProcess.ts';
import { serveLayouts } from '../lib/registry/server.ts';

// Ctrl-C reaches every process of a terminal; the one that started this decides when it ends.
process.on('SIGINT', () => undefined);

const input = createInterface({ input: process.stdin });
const ended = once(input, 'close');
const [line] = (await once(input, 'line')) as [string];
const { repositories, port } = JSON.parse(line) as ServeConfig;

try {
  const registry = await serveLayouts({
    repositories,
    host: '127.0.0.1',
    port,
    onProblem: (problem) => process.stderr.write(`${problem}\n`),
  });
  print({ address: registry.address });
  await ended;
  await registry.close();
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  print({ complaints: [...error.complaints], exitStatus: error.exitStatus });
  process.exitCode = error.exitStatus;
}
process.stdin.destroy();

function print(outcome: ServeOutcome): void {
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
