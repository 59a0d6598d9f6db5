import { readFileSync } from 'node:fs';
import { readFile, readlink } from 'node:fs/promises';

/**
 * When a process of this machine was started, in the kernel's own ticks since boot (proc_pid_stat(5), field 22): with its
 * id it names that process and no later one, whatever the clock does. Undefined where there is none, or a zombie alone.
 */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // A program's name stands in brackets and may hold some itself.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

let place: Promise<string> | undefined;

/** Where process ids mean what they mean to this process: this boot of the kernel, and its namespace of process ids. */
export function processPlace(): Promise<string> {
  place ??= readPlace();
  return place;
}

async function readPlace(): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  return `${boot.trim()} ${await readlink('/proc/self/ns/pid')}`;
}
