import { z } from 'zod';
import { LAYOUT_RULES } from '../oci/layoutError.ts';
import { MARKER_VERDICTS, type MarkerVerdict } from '../oci/checkMarkers.ts';

const refusal = z.strictObject({
  rule: z.enum(LAYOUT_RULES).describe('A stable id'),
  message: z.string().describe('The layout, the descriptor, what is wrong and what was expected'),
});

const manifest = z.strictObject({
  platform: z.string().describe('`linux/arm64`'),
  digest: z.string().nullable().describe('Of the manifest; null where there is none of that platform'),
  marker: z.string().nullable().describe('What /platform-marker holds; null where it was not read'),
  verdict: z.enum(Object.keys(MARKER_VERDICTS) as [MarkerVerdict, ...MarkerVerdict[]]),
  rule: z.enum(LAYOUT_RULES).nullable().describe('That a layer was refused by; null where none was'),
  problem: z.string().nullable().describe('Why it is no pass, and what was expected; null for a pass'),
});

/**
 * What `make check LAYOUT=… JSON=1` prints: one document, of a layout that cannot be read too.
 *
 * `ok` is the exit status in one word: with `ok` it is 0, with an `error` 2, and 1 otherwise. What fell short is then in
 * `manifests`, one for each platform asked for and each further manifest, in `problems` for the layout as a whole, and in
 * `deep.problems` where a deep check was asked for.
 */
export const layoutReportSchema = z.strictObject({
  layout: z.string().describe('As it was given'),
  ref: z.string().nullable().describe('The tag that was chosen'),
  asked: z.array(z.string()).nullable().describe('Normalized platforms; null for those of the layout'),
  ok: z.boolean(),
  error: z
    .strictObject({ ...refusal.shape, rule: refusal.shape.rule.nullable() })
    .nullable()
    .describe(
      'Why the layout is refused as a whole; the rule is null where the system does not let us read it',
    ),
  problems: z.array(z.string()),
  manifests: z.array(manifest),
  attestations: z.number().int().nonnegative().describe('Manifests that were set aside'),
  deep: z
    .strictObject({
      blobs: z.number().int().nonnegative().describe('Blobs that are sound, each counted once'),
      bytes: z.number().int().nonnegative(),
      problems: z.array(refusal),
    })
    .nullable()
    .describe('Null where it was not asked for'),
});

export type LayoutReport = z.infer<typeof layoutReportSchema>;
