import { Option } from 'commander';
import { suggestion } from '../../lib/fault/didYouMean.ts';
import { wrongInput } from '../../lib/fault/fault.ts';
import { splitNames } from '../../lib/matrix/select.ts';
import { isSet, textOf } from '../../lib/cli/variable.ts';
import { PARTS, type PartName } from './row.ts';

const NAMES = Object.keys(PARTS) as PartName[];

/** Options of `bench`; each is a make variable too, by the name behind `env`. */
export const benchOptions: readonly Option[] = [
  new Option('--only <parts>', `only these of ${NAMES.join(', ')}`).env('ONLY'),
  new Option('--pairs <n>', 'runs of each side of a comparison').env('PAIRS').default('3'),
  new Option('--skip-cold [yes]', 'leave the cold run out').env('SKIP_COLD'),
  new Option('--distros <sizes>', 'how many distros the growth is measured with')
    .env('DISTROS')
    .default('14,56,224'),
  new Option('--bare-max <n>', 'the most distros that a bare bake of linked targets is measured with')
    .env('BARE_MAX')
    .default('14'),
];

export interface BenchOptions {
  parts: PartName[];
  pairs: number;
  cold: boolean;
  /** From the smallest on. */
  sizes: number[];
  bareMax: number;
}

/** Throws a Fault (wrong input) for a part that there is not, and for what is no number. */
export function readBenchOptions(options: Record<string, unknown>): BenchOptions {
  const names = splitNames(textOf(options, 'only'));
  const unknown = names.filter((name) => !NAMES.some((part) => part === name));
  if (unknown.length > 0) {
    const next = `the parts are ${NAMES.join(', ')}`;
    throw wrongInput(
      unknown.map((name) => ({ message: `there is no part "${name}"${suggestion(name, NAMES)}`, next })),
    );
  }
  const sizes = splitNames(textOf(options, 'distros')).map((text) => wholeNumber('DISTROS', text));
  return {
    parts: NAMES.filter((part) => names.length === 0 || names.includes(part)),
    pairs: wholeNumber('PAIRS', textOf(options, 'pairs') ?? ''),
    cold: !isSet(options['skipCold']),
    sizes: sizes.sort((a, b) => a - b),
    bareMax: wholeNumber('BARE_MAX', textOf(options, 'bareMax') ?? ''),
  };
}

function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw wrongInput({ message: `${name} is "${text}": expected a whole number from 1 to 9999` });
}
