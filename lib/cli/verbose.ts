import { Option } from 'commander';
import { isSet } from './variable.ts';

/** Asks for BuildKit's log while it works; a make variable too, as all options. */
export const verboseOption = new Option('-v, --verbose [yes]', 'show BuildKit’s log while it works').env('V');

/** Whether `-v` or `V=1` was given. */
export function isVerbose(options: Readonly<Record<string, unknown>>): boolean {
  return isSet(options['verbose']);
}
