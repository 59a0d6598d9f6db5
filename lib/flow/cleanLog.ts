import { visible } from '../fault/visible.ts';
import { redactText } from '../proof/redact.ts';

// eslint-disable-next-line no-control-regex
const COLOUR = /\u001b\[[\d;]*m/g;

/**
 * The log of a build as it may be shown and kept: without the credentials that can be told by their form, and with what
 * a terminal would obey written out, for a subject's commands print whatever they like.
 */
export function cleanLog(log: string): string {
  // Colours would stand between a name and its value.
  return visible(redactText(log.replace(COLOUR, '')));
}
