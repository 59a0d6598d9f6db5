import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { execa } from 'execa';
import { fileURLToPath } from 'node:url';

const LIB = fileURLToPath(new URL('../../lib/cli', import.meta.url));

/** What a verb prints that says `text`, prints it, has a command of its own, and prints it again. */
async function printed(text: string, env: Record<string, string>): Promise<{ out: string; err: string }> {
  const script = `
    const { Command } = await import('commander');
    const { runVerb } = await import(${JSON.stringify(`${LIB}/runVerb.ts`)});
    const { echoCommands } = await import(${JSON.stringify(`${LIB}/workflowCommands.ts`)});
    const text = ${JSON.stringify(text)};
    await runVerb(new Command('x'), async (_, { say }) => {
      say(text);
      console.log(text);
      echoCommands(['::error title=ours::it fell short']);
      console.log(text);
      return 0;
    });`;
  const { stdout, stderr } = await execa(
    'node',
    ['--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', script],
    { env: { PATH: process.env['PATH'] ?? '', NO_COLOR: '1', ...env }, extendEnv: false },
  );
  return { out: stdout, err: stderr };
}

/** The commands that GitHub's runner takes from a step's output, as `ActionCommandManager` and `ActionCommand` do. */
function taken(lines: readonly string[]): string[] {
  const found: string[] = [];
  let stopped: string | undefined;
  for (const line of lines) {
    const [, command = '', , value = ''] = /^\s*::([^\s:]+)( [^:]*)?::(.*)$/.exec(line) ?? [];
    if (command === '') continue;
    if (stopped !== undefined) {
      if (command === stopped) stopped = undefined;
    } else if (command === 'stop-commands') stopped = value;
    else found.push(line);
  }
  return found;
}

const HOSTILE =
  'first\n::error::forged\n  ::add-mask::x\n::stop-commands::mine\n::mine::\n::set-env name=PATH::/tmp';

test('On GitHub no text of others is a command to its runner, and a command of the program is one', async () => {
  const { out, err } = await printed(HOSTILE, { GITHUB_ACTIONS: 'true' });
  const [stop = '', ...rest] = err.split('\n');
  assert.match(stop, /^::stop-commands::[0-9a-f-]{36}$/);
  assert.equal(taken([stop, ...out.split('\n'), ...rest]), ['::error title=ours::it fell short']);
  assert.equal(
    taken([stop, ...rest, '::notice::next']),
    ['::notice::next'],
    'the next command of the step is heard',
  );
});

test('Elsewhere nothing is added', async () => {
  const { out, err } = await printed('plain', {});
  assert.is(out, 'plain\n::error title=ours::it fell short\nplain');
  assert.is(err, '· plain');
});

test('What is said on a terminal cannot move its cursor, name its window or write its clipboard', async () => {
  const { err } = await printed('\u001b]0;title\u0007\u001b[2J\u001b]52;c;aGk=\u0007\r\u009b1A\u202Eabc', {});
  assert.not.match(err, /[\u001b\u0007\r\u009b\u202E]/); // eslint-disable-line no-control-regex
  assert.match(err, '\\u{1b}]52;c;aGk=\\u{7}');
});

test.run();
