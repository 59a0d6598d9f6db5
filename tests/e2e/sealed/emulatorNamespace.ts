import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/**
 * How many ids the namespace has, each the same as outside: those that an engine takes for its own namespace within
 * (100000 to 165535, lib/engine/ownEngine.ts) have to be among them.
 */
const IDS = 200_000;

/**
 * Runs a module of TypeScript as root of a user and mount namespace of its own, and returns what it printed. The
 * real root alone may give a namespace these ids (user_namespaces(7), "Defining user and group ID mappings").
 */
export async function runInNamespace(
  module: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const script = fileURLToPath(new URL('namespace.sh', import.meta.url));
  const command = [process.execPath, '--import', import.meta.resolve('tsx'), module, ...args];
  const child = spawn('unshare', ['--user', '--mount', 'sh', script, ...command], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const ended = once(child, 'close') as Promise<[status: number | null]>;
  const printed: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    if (line !== 'ready' || printed.length > 0) {
      printed.push(line);
      continue;
    }
    const process = `/proc/${String(child.pid)}`;
    for (const map of ['uid_map', 'gid_map']) await writeFile(`${process}/${map}`, `0 0 ${IDS}\n`);
    child.stdin.end('go\n');
  }
  const [status] = await ended;
  if (status !== 0) throw new Error(`it ended with ${String(status)}:\n${complaints}`);
  return printed.join('\n');
}
