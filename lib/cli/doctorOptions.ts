import { Option } from 'commander';
import { BUILDER_CHOICES, type BuilderChoice } from '../engine/builderChoice.ts';
import { readRemoteRepository, type RemoteRepository } from '../registry/push/remoteRepository.ts';
import { isSet, textOf } from './variable.ts';

/** Options of `doctor`; each is a make variable too, by the name behind `env`. */
export const doctorOptions: readonly Option[] = [
  new Option('--builder <which>', 'as for verify: auto, own or sealed')
    .env('BUILDER')
    .choices(BUILDER_CHOICES),
  new Option('--marker-registry <host/repository>', 'as for verify').env('MARKER_REGISTRY'),
  new Option('--out <folder>', 'where outputs would go (default: "out")').env('OUT'),
  new Option('--json [yes]', 'print one JSON document').env('JSON'),
];

/** Reads them. Throws a Fault (wrong input) for a registry that cannot be meant. */
export function readDoctorOptions(options: Readonly<Record<string, unknown>>): {
  choice: BuilderChoice;
  registry: RemoteRepository | undefined;
  out: string;
  json: boolean;
} {
  const choice = BUILDER_CHOICES.find((one) => one === options['builder']) ?? 'auto';
  const named = textOf(options, 'markerRegistry');
  const registry = named === undefined ? undefined : readRemoteRepository(named);
  return { choice, registry, out: textOf(options, 'out') ?? 'out', json: isSet(options['json']) };
}
