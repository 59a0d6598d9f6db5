import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readVerifyOptions } from '../../lib/cli/verifyOptions.ts';
import type { FileWatch } from '../../lib/cli/watchFiles.ts';
import { runRounds } from '../../lib/cli/watchLoop.ts';
import { planRun } from '../../lib/cli/runPlan.ts';
import type { Rounds } from '../../lib/cli/watchRound.ts';

const options = readVerifyOptions({ distro: 'azlinux3', builder: 'auto', out: 'out' });

/** Runs rounds with a save after each, until all of these have run. */
async function watching(rounds: (() => Promise<void>)[]) {
  const abort = new AbortController();
  const said: string[] = [];
  let count = 0;
  const files: FileWatch = {
    watch: () => Promise.resolve(),
    saved: (signal) => {
      if (count === rounds.length) abort.abort(new Error('enough'));
      signal.throwIfAborted();
      const saved = { files: [`${process.cwd()}/policies/azlinux3.json`], at: performance.now() };
      return Promise.resolve(saved);
    },
    close: () => undefined,
  };
  let forgotten = 0;
  const told: Rounds = {
    forget: () => {
      forgotten += 1;
      return Promise.resolve();
    },
    run: () => {
      const work = rounds[count];
      count += 1;
      return work?.() ?? Promise.resolve();
    },
  };
  const plan = await planRun(options, { mayMiss: false });
  const say = (line: string) => said.push(line);
  const ended = runRounds(plan, { options, rounds: told, files, say, signal: abort.signal });
  const error: unknown = await ended.catch((thrown: unknown) => thrown);
  return { count, forgotten, said, error: error as Error };
}

const quick = () => Promise.resolve();

test('a round runs at the start and after each save, which is told with its time, until the signal', async () => {
  const { count, forgotten, said, error } = await watching([quick, quick, quick]);
  assert.is(count, 3);
  assert.is(forgotten, 2, 'what the round before came to, before anything of the next one can fail');
  assert.is(error.message, 'enough');
  assert.is(said.length, 2);
  assert.match(said[0] ?? '', /^\d\d:\d\d:\d\d policies\/azlinux3\.json changed$/);
});

test('a defect of this program ends the watch', async () => {
  const defect = () => Promise.reject(new TypeError('undefined is not a function'));
  const { count, error } = await watching([defect, quick]);
  assert.is(count, 1);
  assert.instance(error, TypeError);
});

test.run();
