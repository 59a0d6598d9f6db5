import { Command } from 'commander';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runVerb, type VerbContext } from '../../lib/cli/runVerb.ts';
import { runCommand } from '../../lib/engine/command.ts';
import { noBuilder, wrongInput } from '../../lib/fault/fault.ts';

type Verb = (options: Record<string, unknown>, context: VerbContext) => Promise<number>;

interface Ended {
  status: typeof process.exitCode;
  stderr: string;
}

/** Runs a verb in this process, with its standard error caught and the exit status taken back. */
async function run(verb: Verb, args: readonly string[] = []): Promise<Ended> {
  const { argv, exitCode } = process;
  const written: string[] = [];
  const keep = (text: string) => {
    written.push(text);
    return true;
  };
  const { stderr, stdout } = process;
  const originals = [stderr, stdout].map((stream) => stream.write.bind(stream));
  stderr.write = keep;
  if (args.includes('--help')) stdout.write = keep;
  process.argv = ['node', 'try', ...args];
  try {
    await runVerb(new Command('try').option('--known'), verb);
    // eslint-disable-next-line no-control-regex
    return { status: process.exitCode, stderr: written.join('').replace(/\u001b\[\d+m/g, '') };
  } finally {
    for (const [at, stream] of [stderr, stdout].entries()) Object.assign(stream, { write: originals[at] });
    process.argv = argv;
    process.exitCode = exitCode;
  }
}

const throwing = (error: Error) => run(() => Promise.reject(error));

test('the exit status is the verb’s, and what it says goes to standard error', async () => {
  const verb: Verb = (options, { say }) => {
    say('working');
    return Promise.resolve(options['known'] === true ? 1 : 0);
  };
  assert.equal(await run(verb, ['--known']), { status: 1, stderr: '· working\n' });
});

test('a fault is shown in words, and its exit status is the process’s', async () => {
  const wrong = await throwing(wrongInput({ message: 'a is not b', next: 'write b' }));
  assert.equal(wrong, { status: 2, stderr: 'error: a is not b\n  write b\n' });
  assert.is((await throwing(noBuilder('none', 'install one'))).status, 3);
});

test('a command that fails is shown with what it printed, and no stack trace', async () => {
  const { status, stderr } = await run(async () => {
    await runCommand('sh', ['-c', 'echo no >&2; exit 7']);
    return 0;
  });
  assert.is(status, 1);
  assert.match(stderr, /^error: ended with 7: sh -c .*\n {2}\| no\n$/);
});

test('what is said and shown holds no credential of a command, of its output or of an address', async () => {
  const { stderr } = await run(async (_, { say }) => {
    say('pulling from https://u:hunter2@h/x');
    await runCommand('sh', ['-c', 'echo "Authorization: Bearer hunter2" >&2; exit 7', 'API_TOKEN=hunter2']);
    return 0;
  });
  assert.match(stderr, /https:\/\/xxxxx@h\/x\nerror: ended with 7: sh -c [^]*xxxxx/);
  assert.not.match(stderr, 'hunter2');
  const fault = await throwing(wrongInput({ message: 'https://u:hunter2@h is none', next: 'write b' }));
  assert.is(fault.stderr, 'error: https://xxxxx@h is none\n  write b\n');
});

test('only a defect shows a stack trace, and says that it is one', async () => {
  const { status, stderr } = await throwing(new TypeError('x is not a function'));
  assert.is(status, 1);
  assert.match(
    stderr,
    /^error: this is a defect of platform-marker; please report it\nTypeError: x is not a function\n +at /,
  );
});

test('a disk without room is no defect', async () => {
  const { stderr } = await throwing(Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC' }));
  assert.is(stderr, 'error: no space is left on the disk (ENOSPC: write)\n');
});

test('an option that there is not is wrong input, with the one that was meant', async () => {
  const { status, stderr } = await run(() => Promise.resolve(0), ['--knwon']);
  assert.is(status, 2);
  assert.match(stderr, 'Did you mean --known?');
});

test('help is no failure', async () => {
  assert.is((await run(() => Promise.resolve(5), ['--help'])).status, 0);
});

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} ends what runs and lets it clean up, and the exit status tells`, async () => {
    let isClean = false;
    const before = process.listenerCount(signal);
    const ended = await run(async (_, context) => {
      setTimeout(() => process.emit(signal, signal), 10);
      try {
        await runCommand('sleep', ['60'], { signal: context.signal });
      } finally {
        isClean = true;
      }
      return 0;
    });
    assert.is(ended.status, status);
    assert.match(ended.stderr, /^· (interrupted|told to end): cleaning up\n$/);
    assert.ok(isClean);
    assert.is(process.listenerCount(signal), before);
  });
}

test('a second Ctrl-C does not cut the cleaning up short', async () => {
  const ended = await run(async (_, { signal }) => {
    process.emit('SIGINT', 'SIGINT');
    process.emit('SIGINT', 'SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 5));
    signal.throwIfAborted();
    return 0;
  });
  assert.equal(ended, { status: 130, stderr: '· interrupted: cleaning up\n' });
});

test('a reader that has gone does not end a run before it has cleaned up', async () => {
  const ended = await run(() => {
    process.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    return Promise.resolve(0);
  });
  assert.equal(ended, { status: 0, stderr: '' });
});

test.run();
