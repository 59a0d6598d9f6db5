import { wrongInput } from '../fault/fault.ts';
import { spellOption } from '../fault/spelling.ts';

/** One of several parts of a matrix that are verified apart; both count from 1. */
export interface Shard {
  index: number;
  of: number;
}

/** Reads `2/3`. Throws a Fault (wrong input) for what is no shard. */
export function parseShard(text: string): Shard {
  const [, first, second] = /^(\d{1,9})\/(\d{1,9})$/.exec(text.trim()) ?? [];
  const [index, of] = [Number(first), Number(second)];
  const next = `write the second of three shards as ${spellOption('SHARD', '2/3')}`;
  if (first === undefined) throw wrongInput({ message: `"${text}" is no shard`, next });
  if (of < 1)
    throw wrongInput({ message: `there is no shard "${text}": expected at least one in all`, next });
  if (index < 1 || index > of)
    throw wrongInput({ message: `there is no shard "${text}": expected 1/${of} to ${of}/${of}`, next });
  return { index, of };
}

/** `2/3`, as `parseShard` reads it. */
export function formatShard({ index, of }: Shard): string {
  return `${index}/${of}`;
}
