import type { WriteStream } from 'node:tty';
import { createLogUpdate } from 'log-update';
import stringWidth from 'string-width';

/** Lines at the end of a terminal that are written again and again. */
export interface LiveBlock {
  /** Shows these lines in the place of those before. */
  draw: (lines: string) => void;
  /** Lets something be written above the block. */
  above: (write: () => void) => void;
  /** Takes the block away and shows the cursor again. */
  clear: () => void;
  /** Lets the block stand as it is, shows the cursor again, and draws no more. */
  leave: () => void;
}

/** Begins a block on a terminal, `stream`, which is empty until it is drawn. Every line has to fit into its width. */
export function startLiveBlock(stream: WriteStream): LiveBlock {
  const render = createLogUpdate(stream);
  let drawn = '';
  let isOver = false;

  function draw(lines: string): void {
    if (isOver) return;
    drawn = lines;
    render(lines);
  }

  /** A terminal that has become narrower has broken the lines into more than were written. */
  function onResize(): void {
    if (isOver || drawn === '') return;
    const rows = drawn
      .split('\n')
      .reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / stream.columns)), 0);
    stream.write(`\u001b[${rows}A\r\u001b[J`);
    render.done();
  }

  function end(): void {
    isOver = true;
    stream.off('resize', onResize);
    render.done();
  }

  stream.on('resize', onResize);
  return {
    draw,
    above: (write) => {
      if (!isOver && drawn !== '') render.clear();
      write();
      if (drawn !== '') draw(drawn);
    },
    clear: () => {
      if (isOver) return;
      if (drawn !== '') render.clear();
      end();
    },
    leave: () => {
      if (!isOver) end();
    },
  };
}
