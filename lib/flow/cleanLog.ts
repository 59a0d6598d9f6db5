import { visible } from '../fault/visible.ts';
import { redactText } from '../proof/redact.ts';

/**
 * The log of a build as it may be shown and kept: without the credentials that can be told by their form, and with what
 * a terminal would obey written out, for a subject's commands print whatever they like.
 */
export function cleanLog(log: string): string {
  return visible(redactText(log));
}
