import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EngineGone, watchEngine } from '../../lib/engine/engineLife.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';

/** A process in the place of an engine, which ends when it is killed. */
async function standIn(): Promise<{ pid: number; kill: () => Promise<void> }> {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const ended = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { pid: child.pid ?? 0, kill };
}

test('an engine that is killed aborts what goes on on it, with the end of its log', () =>
  inTempDirectory(async (run) => {
    await writeFile(join(run, 'log'), 'level=error msg="no memory"\n');
    const { pid, kill } = await standIn();
    const { gone, requireUp } = watchEngine({ pid, run });
    requireUp();
    const aborted = once(gone, 'abort');
    // A timer that is not waited for does not keep this process up.
    const awake = setInterval(() => undefined, 1_000);
    await kill();
    await aborted;
    clearInterval(awake);
    assert.instance(gone.reason, EngineGone);
    assert.match(
      (gone.reason as EngineGone).message,
      /ended while it was needed.*\nlevel=error msg="no memory"$/,
    );
    assert.throws(requireUp, (error: unknown) => error instanceof EngineGone);
  }));

test('one that was killed a moment ago is missed by who asks', () =>
  inTempDirectory(async (run) => {
    const { pid, kill } = await standIn();
    const { gone, requireUp } = watchEngine({ pid, run });
    await kill();
    assert.throws(requireUp, /the project’s own engine ended while it was needed$/);
    assert.ok(gone.aborted);
  }));

test('one that is ended in order is not missed', () =>
  inTempDirectory(async (run) => {
    const { pid, kill } = await standIn();
    const { gone, requireUp, leave } = watchEngine({ pid, run });
    leave();
    await kill();
    requireUp();
    assert.not(gone.aborted);
  }));

test.run();
