import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { processStart } from '../../lib/engine/processLife.ts';

test('a process is known by its id and its start, and one that has ended or was not waited for is none', async () => {
  assert.match(processStart(process.pid) ?? '', /^\d+$/);
  assert.is(processStart(process.pid), processStart(process.pid));
  assert.is(processStart(2 ** 30), undefined);
  // The shell's child ends, and the program that the shell becomes never asks for it.
  const parent = spawn('sh', ['-c', 'sleep 0.2 >/dev/null & echo $!; exec sleep 60']);
  try {
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const child = Number(line.toString());
    for (let tries = 0; processStart(child) !== undefined && tries < 200; tries += 1) await sleep(10);
    assert.match(await readFile(`/proc/${child}/stat`, 'utf8'), / Z /);
    assert.is(processStart(child), undefined);
  } finally {
    parent.kill('SIGKILL');
  }
});

test.run();
