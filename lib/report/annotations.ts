import { visible } from '../fault/visible.ts';
import type { Report } from './schema.ts';

/** GitHub shows no more errors than this of one step. */
const ANNOTATIONS_MAX = 10;

/** Where a person would edit. Lines count from 1. */
export interface EditPlace {
  file: string;
  line?: number;
}

/**
 * What fell short as workflow commands of GitHub's runner, a line each, the rest counted in a last one. `placeOf` gives
 * the place for a cell that was built under no policy. Escaped as `@actions/core` does (`src/command.ts`).
 */
export function annotations(report: Report, placeOf: (distro: string) => EditPlace): string[] {
  const short = report.cells
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ distro, path, platform, verdict, detail, policy }) => ({
      place: policy ?? placeOf(distro),
      title: `${verdict}: ${distro} ${path} ${platform}`,
      message: detail === '' ? verdict : detail,
    }));
  const missed = report.controls
    .filter(({ caught }) => !caught)
    .map(({ name, distro, path, platform, expected, verdict }) => ({
      place: placeOf(distro),
      title: `control not caught: ${name} ${path} ${platform}`,
      message: `expected ${expected}, got ${verdict}`,
    }));
  const all = [...short, ...missed];
  // The line that counts is an annotation too.
  const shown = all.length > ANNOTATIONS_MAX ? all.slice(0, ANNOTATIONS_MAX - 1) : all;
  const lines = shown.map(({ place, title, message }) => {
    const line = place.line === undefined ? '' : `,line=${place.line}`;
    return `::error file=${property(place.file)}${line},title=${property(title)}::${data(message)}`;
  });
  const left = all.length - shown.length;
  return left === 0 ? lines : [...lines, `::error title=platform-marker::and ${left} more, see report.html`];
}

/**
 * A text of others as a part of a printed line that is not the line's start: none of its own lines can be a command to
 * GitHub's runner, which takes `::` at a line's start and `##[` anywhere.
 */
export function quiet(text: string): string {
  return visible(text).replaceAll('\n', '\n  | ').replaceAll('##[', '## [');
}

function data(text: string): string {
  return visible(text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A'));
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
