import { Option } from 'commander';
import { wrongInput, type Complaint } from '../fault/fault.ts';
import { spellCommand, spellName, spellOption } from '../fault/spelling.ts';
import { splitNames } from '../matrix/select.ts';
import { formatPlatform, parsePlatform } from '../oci/platform.ts';
import { isSet, textOf } from './variable.ts';

/** Options of `check`; each is a make variable too, by the name behind `env`. */
export const checkOptions: readonly Option[] = [
  new Option('--out <folder>', 'where the outputs of the run are (default: "out")').env('OUT'),
  new Option('--layout <path>', 'an OCI layout instead, directory or tar: assert its markers').env('LAYOUT'),
  new Option('--platform <platforms>', 'the platforms that it has to hold, and no other').env('PLATFORM'),
  new Option('--ref <tag>', 'the tag to take, where it has several').env('REF'),
  new Option('--deep [yes]', 'read every blob of it as well, whatever its tag').env('DEEP'),
  new Option('--json [yes]', 'print one JSON document').env('JSON'),
];

/** A layout whose markers a person wants asserted. */
export interface LayoutRequest {
  layout: string;
  /** Normalized; undefined for those of the layout. */
  platforms: string[] | undefined;
  ref: string | undefined;
  deep: boolean;
  json: boolean;
}

/**
 * Reads the options of `check`: the outputs of a run to judge again, or a layout.
 *
 * @throws {Fault} (wrong input) for options that do not go together, and a platform that is none.
 */
export function readCheckOptions(options: Record<string, unknown>): { out: string } | LayoutRequest {
  const [out, layout, platform] = ['out', 'layout', 'platform'].map((name) => textOf(options, name));
  const ref = textOf(options, 'ref');
  const [deep, json] = [isSet(options['deep']), isSet(options['json'])];
  if (layout === undefined) {
    const given = { PLATFORM: platform !== undefined, REF: ref !== undefined, DEEP: deep, JSON: json };
    refuseWithoutLayout(Object.entries(given).flatMap(([name, isGiven]) => (isGiven ? [name] : [])));
    return { out: out ?? 'out' };
  }
  if (out !== undefined) {
    throw wrongInput({
      message: `${spellName('OUT')} and ${spellName('LAYOUT')} do not go together: what a run left is judged, or the markers of a layout are`,
      next: 'leave one of them out',
    });
  }
  return { layout, platforms: platform === undefined ? undefined : readPlatforms(platform), ref, deep, json };
}

function refuseWithoutLayout(names: readonly string[]): void {
  if (names.length === 0) return;
  throw wrongInput(
    names.map((name) => ({
      message: `${spellName(name)} goes with ${spellName('LAYOUT')} alone, which is not given`,
      next: `name a layout: ${checkALayout()}`,
    })),
  );
}

function readPlatforms(list: string): string[] {
  const next = `write them as ${spellOption('PLATFORM', 'linux/amd64,linux/arm64')}`;
  const platforms: string[] = [];
  const complaints: Complaint[] = [];
  for (const name of splitNames(list)) {
    try {
      platforms.push(formatPlatform(parsePlatform(name)));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      complaints.push({ message: error.message, next });
    }
  }
  if (complaints.length > 0) throw wrongInput(complaints);
  if (platforms.length === 0)
    throw wrongInput({ message: `${spellOption('PLATFORM', list)} names no platform`, next });
  return [...new Set(platforms)];
}

/** An example of the command, for a person who got it wrong. */
export function checkALayout(): string {
  return spellCommand('check', { LAYOUT: 'out/marker/debian-bookworm' });
}
