/** A word to the person who waits, held back until there is something to wait for. */
export interface HeldBack {
  say: (line: string) => void;
  /** What is still held back is never said. */
  end: () => void;
}

/** Says nothing for so many milliseconds; then the last line that came, and each one that follows. */
export function holdBack(say: (line: string) => void, milliseconds: number): HeldBack {
  let [last, isSaid] = ['', false];
  const timer = setTimeout(() => {
    isSaid = true;
    if (last !== '') say(last);
  }, milliseconds);
  return {
    say: (line) => {
      last = line;
      if (isSaid) say(line);
    },
    end: () => {
      clearTimeout(timer);
    },
  };
}
