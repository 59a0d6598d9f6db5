import { EventEmitter } from 'node:events';
import type { WriteStream } from 'node:tty';

/** A terminal in memory, in as far as live lines need one: it wraps, scrolls, and re-wraps when its width changes. */
export interface Terminal {
  stream: WriteStream;
  /** All lines, those that scrolled away too, without colours; none that is empty at the end. */
  lines: () => string[];
  isCursorShown: () => boolean;
  write: (text: string) => void;
  resize: (columns: number, rows: number) => void;
}

/** A row, and whether it goes on in the next. */
interface Row {
  text: string;
  goesOn: boolean;
}

const SEQUENCE = /^\u001b\[(\??)(\d*)([A-Za-z])/; // eslint-disable-line no-control-regex
/** The beginning of one: what is read from a pipe may end anywhere. */
const CUT_SEQUENCE = /\u001b(\[\??\d*)?$/; // eslint-disable-line no-control-regex

/** Throws for a control sequence that it does not know. */
export function openTerminal(columns: number, rows: number): Terminal {
  const emitter = new EventEmitter();
  const all: Row[] = [{ text: '', goesOn: false }];
  let [row, column, shown] = [0, 0, true];
  const top = () => Math.max(0, all.length - stream.rows);
  const current = () => (all[row] ??= { text: '', goesOn: false });

  function put(character: string): void {
    if (column >= stream.columns) {
      current().goesOn = true;
      down();
      column = 0;
    }
    const line = current();
    line.text = line.text.padEnd(column).slice(0, column) + character + line.text.slice(column + 1);
    column += 1;
  }

  function down(): void {
    row += 1;
    current();
  }

  function obey(mode: string, count: number, command: string): void {
    if (mode === '?') {
      if (count === 25) shown = command === 'h';
      return;
    }
    if (command === 'A') row = Math.max(top(), row - count);
    else if (command === 'B') row = Math.min(all.length - 1, row + count);
    else if (command === 'G') column = count - 1;
    else if (command === 'K') current().text = count === 2 ? '' : current().text.slice(0, column);
    else if (command === 'J') {
      current().text = current().text.slice(0, column);
      all.length = row + 1;
    } else if (command !== 'm') throw new Error(`unknown: ${command}`);
  }

  let unread = '';
  function write(text: string): void {
    let rest = unread + text;
    [unread = ''] = CUT_SEQUENCE.exec(rest) ?? [];
    rest = rest.slice(0, rest.length - unread.length);
    while (rest !== '') {
      const [sequence, mode = '', digits = '', command = ''] = SEQUENCE.exec(rest) ?? [];
      if (sequence !== undefined) {
        const isErase = command === 'K' || command === 'J';
        obey(mode, digits === '' ? (isErase ? 0 : 1) : Number(digits), command);
        rest = rest.slice(sequence.length);
        continue;
      }
      const [character = ''] = rest;
      rest = rest.slice(character.length);
      if (character === '\n') {
        current().goesOn = false;
        down();
        column = 0;
      } else if (character === '\r') column = 0;
      else put(character);
    }
  }

  const stream = Object.assign(emitter, {
    isTTY: true,
    columns,
    rows,
    write: (text: string) => {
      write(text);
      return true;
    },
  }) as unknown as WriteStream;

  return {
    stream,
    lines: () => {
      const lines = all.map(({ text }) => text.trimEnd());
      return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
    },
    isCursorShown: () => shown,
    write,
    resize: (wide, high) => {
      const whole: string[] = [''];
      for (const { text, goesOn } of all) {
        whole.push((whole.pop() ?? '') + text);
        if (!goesOn) whole.push('');
      }
      whole.pop();
      const cut = (text: string) =>
        Array.from({ length: Math.max(1, Math.ceil(text.length / wide)) }, (_, at) =>
          text.slice(at * wide, (at + 1) * wide),
        );
      const next = whole.flatMap((text) => {
        const parts = cut(text);
        return parts.map((part, at) => ({ text: part, goesOn: at < parts.length - 1 }));
      });
      const isAtEnd = row === all.length - 1;
      all.splice(0, all.length, ...next);
      if (isAtEnd) row = all.length - 1;
      Object.assign(stream, { columns: wide, rows: high });
      emitter.emit('resize');
    },
  };
}
