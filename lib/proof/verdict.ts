/** How the marker image reaches the subject. */
export const PATHS = ['worker-context', 'base-context', 'source-policy'] as const;
export type Path = (typeof PATHS)[number];

/** What a cell comes to, and what it means to the person who reads it. */
export const VERDICTS = {
  pass: 'the worker holds the marker image of the platform asked for, and all evidence agrees',
  'wrong-platform': 'the worker holds the marker of another platform',
  'marker-missing': 'the marker image was a source of the build, but the worker holds no marker',
  'marker-not-used':
    'the worker was not made from the marker image: the path was ignored, or the marker is forged',
  'needs-emulation': 'the build runs, or would have to run, programs of the target platform',
  'build-failed': 'the subject or its base could not be built',
  unproven: 'the marker is right, but something that would make it a proof is missing',
  skipped: 'the cell was not run',
} as const;
export type Verdict = keyof typeof VERDICTS;

/** A verdict with the sentence that says why. */
export interface Judgement {
  verdict: Verdict;
  detail: string;
}
