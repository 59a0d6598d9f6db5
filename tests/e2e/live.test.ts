import { spawn } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openTerminal, type Terminal } from '../cli/terminal.ts';
import { writeProject } from './project.ts';
import { CLI, UNDER_MAKE, withFolder } from './verbs.ts';

const COLUMNS = 40;
const ROWS = 12;
const BEFORE_CONTROLS = /(?=\u001b)/; // eslint-disable-line no-control-regex

/** `make verify`’s script on a terminal of that size, which script(1) gives it. */
interface OnTerminal {
  terminal: Terminal;
  /** All rows of the terminal, each time before it was told to move or erase, and at the end of what was read at once. */
  frames: string[][];
  press: (keys: string) => void;
  /** Resolves when a row of the terminal matches. */
  shows: (pattern: RegExp) => Promise<void>;
  ended: Promise<number | null>;
}

function verifyOnTerminal(folder: string, env: Record<string, string> = {}): OnTerminal {
  const verify = [...CLI, 'verify'].map((word) => `'${word}'`).join(' ');
  const command = `stty cols ${COLUMNS} rows ${ROWS}; exec ${verify}`;
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: folder,
    env: { ...process.env, ...UNDER_MAKE, CI: '', TERM: 'xterm', NO_COLOR: '1', ...env },
  });
  const terminal = openTerminal(COLUMNS, ROWS);
  const frames: string[][] = [];
  const waiting: { pattern: RegExp; resolve: () => void }[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    // What is drawn and taken away at once comes in one read, and was shown all the same.
    for (const part of text.split(BEFORE_CONTROLS)) {
      terminal.write(part);
      const rows = terminal.lines();
      frames.push(rows);
      for (const { pattern, resolve } of waiting) if (rows.some((row) => pattern.test(row))) resolve();
    }
  });
  return {
    terminal,
    frames,
    press: (keys) => child.stdin.write(keys),
    ended: new Promise((resolve) => child.on('close', resolve)),
    shows: (pattern) =>
      new Promise((resolve, reject) => {
        waiting.push({ pattern, resolve });
        child.on('close', () => {
          reject(new Error(`it ended before it showed ${String(pattern)}:\n${terminal.lines().join('\n')}`));
        });
      }),
  };
}

/** A row of the live lines. */
const LIVE = /^[▸·✓] (one|two|controls) +\S/;

test('On a terminal of 40 columns each distro has a line while a run works, which is gone when the report comes', () =>
  withFolder(async (folder) => {
    await writeProject(folder, ['one', 'two']);
    const { terminal, frames, ended } = verifyOnTerminal(folder);
    assert.is(await ended, 0, terminal.lines().join('\n'));
    const working = frames.filter((rows) => rows.some((row) => row.startsWith('▸ one ')));
    assert.ok(working.length > 0, 'it was seen at work');
    assert.ok(
      working.every((rows) => rows.filter((row) => LIVE.test(row)).length <= 3, 'no line is there twice'),
    );
    assert.ok(frames.some((rows) => rows.some((row) => /^✓ one +built/.test(row))));
    const end = terminal.lines();
    assert.equal(
      end.filter((row) => LIVE.test(row)),
      [],
    );
    const said = ['· building the marker images', '· building the workers and their probes', '· checking'];
    assert.equal(
      end.filter((row) => said.some((line) => line.startsWith(row))),
      said,
    );
    // The lines of the report are longer than the terminal is wide.
    assert.match(end.join(''), /verified: 12 of 12 cells passed/);
    assert.ok(terminal.isCursorShown());
  }));

test('Ctrl-C leaves the lines as they were, says so below them, and shows the cursor again', () =>
  withFolder(async (folder) => {
    await writeProject(folder, ['one', 'two']);
    const { terminal, shows, press, ended } = verifyOnTerminal(folder);
    await shows(/^▸ /);
    press('\u0003');
    assert.is(await ended, 130, terminal.lines().join('\n'));
    const lines = terminal.lines();
    const interrupted = lines.findIndex((row) => row.endsWith('· interrupted: cleaning up'));
    assert.match(lines[interrupted - 1] ?? '', LIVE, lines.join('\n'));
    assert.is(lines.slice(interrupted).filter((row) => LIVE.test(row)).length, 0);
    assert.ok(terminal.isCursorShown());
  }));

test('With CI set there are plain lines on a terminal too', () =>
  withFolder(async (folder) => {
    await writeProject(folder, ['one']);
    const { frames, ended } = verifyOnTerminal(folder, { CI: 'true' });
    assert.is(await ended, 0);
    assert.ok(frames.every((rows) => !rows.some((row) => LIVE.test(row))));
    assert.ok(frames.some((rows) => rows.includes('· building the marker images')));
  }));

test('With V=1 BuildKit’s log is shown, and no live lines', () =>
  withFolder(async (folder) => {
    await writeProject(folder, ['one']);
    const { terminal, frames, ended } = verifyOnTerminal(folder, { V: '1' });
    assert.is(await ended, 0);
    assert.ok(frames.every((rows) => !rows.some((row) => LIVE.test(row))));
    assert.ok(terminal.lines().some((row) => /^\d+\|#\d+ DONE \d+\.\ds$/.test(row)));
  }));

test.run();
