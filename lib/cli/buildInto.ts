import { resolve } from 'node:path';
import type { Builder } from '../engine/builder.ts';
import { onBuilder } from '../engine/onBuilder.ts';
import { takeOutFolder, type OutFolder } from '../flow/outFolder.ts';
import type { VerbContext } from './runVerb.ts';
import type { VerifyOptions } from './verifyOptions.ts';

/** What a verb builds with, and where its outputs go. */
export interface BuildPlace {
  builder: Builder;
  out: OutFolder;
  /** Aborted by Ctrl-C, and where the builder has gone. */
  signal: AbortSignal;
}

/**
 * Does something on the builder that the options choose, with the folder of outputs taken for it alone (see `takeOutFolder`
 * and `onBuilder`); once more, into a folder that is begun again, where the project's own engine ends meanwhile.
 */
export async function buildInto<T>(
  options: Pick<VerifyOptions, 'out' | 'builder' | 'markerRegistry'>,
  { say, signal }: VerbContext,
  work: (place: BuildPlace) => Promise<T>,
): Promise<T> {
  const taken = await takeOutFolder(resolve(options.out));
  try {
    return await taken.during(() =>
      onBuilder(
        options.builder,
        { say, signal, registry: options.markerRegistry },
        async (builder, living, isAgain) =>
          work({ builder, out: isAgain ? await taken.beginAgain() : taken, signal: living }),
      ),
    );
  } finally {
    await taken.release();
  }
}
