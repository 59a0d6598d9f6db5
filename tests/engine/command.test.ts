import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hasCommand, runCommand } from '../../lib/engine/command.ts';
import { CommandError, logEnd } from '../../lib/engine/commandError.ts';

const errorOf = async (work: Promise<unknown>): Promise<CommandError> => {
  try {
    await work;
  } catch (error) {
    assert.instance(error, CommandError);
    return error as CommandError;
  }
  throw new Error('it did not fail');
};

test('What a command prints is returned', async () => {
  assert.is((await runCommand('printf', ['a b'])).stdout, 'a b');
});

test('Arguments reach a command as they are, never through a shell', async () => {
  assert.is((await runCommand('printf', ['%s', '$(id); `id` "x"'])).stdout, '$(id); `id` "x"');
});

test('A command that fails says how it ended and quotes the end of its output', async () => {
  const error = await errorOf(runCommand('sh', ['-c', 'echo out; echo err >&2; exit 3']));
  assert.is(error.exitCode, 3);
  assert.match(error.message, /ended with 3: sh -c .*\n {2}\| out\n {2}\| err/);
});

test('A command that is not there says so', async () => {
  assert.match((await errorOf(runCommand('no-such-command', []))).message, /^not found: no-such-command/);
});

test('A command that takes too long is ended', async () => {
  const error = await errorOf(runCommand('sleep', ['60'], { timeout: 30 }));
  assert.ok(error.timedOut);
  assert.match(error.message, /^took too long/);
});

test('A command that is cancelled is ended, with its reason kept apart from a failure', async () => {
  const abort = new AbortController();
  const running = errorOf(runCommand('sleep', ['60'], { signal: abort.signal }));
  setTimeout(() => {
    abort.abort();
  }, 30);
  assert.ok((await running).cancelled);
});

/** Takes lines out that begin with a dash, says the others twice, and has a last word. */
const REWRITER = {
  line: (line: string) => (line.startsWith('-') ? [] : [line, line]),
  end: () => ['end'],
};

test('Lines of standard error are rewritten as they come, whole, and standard output stays as it is', async () => {
  const script = 'printf "on" >&2; printf "e\\n-two\\n" >&2; echo -out';
  const { stdout, output } = await runCommand('sh', ['-c', script], { errorLines: REWRITER });
  assert.is(stdout, '-out');
  assert.equal(output.split('\n').sort(), ['-out', 'end', 'one', 'one']);
});

test('What a command that fails or is ended had printed is rewritten too', async () => {
  const failing = runCommand('sh', ['-c', 'echo one >&2; exit 3'], { errorLines: REWRITER });
  assert.is((await errorOf(failing)).output, 'one\none\nend');
  const slow = { errorLines: REWRITER, timeout: 300 };
  const ended = await errorOf(runCommand('sh', ['-c', 'echo one >&2; exec sleep 60'], slow));
  assert.ok(ended.timedOut);
  assert.is(ended.output, 'one\none\nend');
});

test('The end of a log is bounded in lines and in characters', () => {
  assert.is(logEnd(Array.from({ length: 100 }, (_, at) => at).join('\n')).split('\n').length, 20);
  assert.ok(logEnd('x'.repeat(100_000)).length <= 4_001);
});

test('Whether a program is there is found out without running it', async () => {
  assert.ok(await hasCommand('sh'));
  assert.not(await hasCommand('no-such-command'));
});

test.run();
