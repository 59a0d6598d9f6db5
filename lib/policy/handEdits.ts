import { runCommand } from '../engine/command.ts';
import { CommandError } from '../engine/commandError.ts';
import { wrongInput } from '../fault/fault.ts';
import type { PlannedFile } from './plannedFile.ts';

/** A file that a person has changed, and what generating would give. */
export type HandEdit = PlannedFile & { text: string };

/** The files of a plan that are kept because a person has changed them. */
export function handEdits(plan: readonly PlannedFile[]): HandEdit[] {
  return plan.flatMap((planned) =>
    planned.state === 'kept' && planned.text !== undefined ? [{ ...planned, text: planned.text }] : [],
  );
}

/**
 * A hand edit as a unified diff from what would be generated to what is there, as `diff -u` of diffutils writes it. Line
 * ends alone are no difference.
 *
 * @param name what the diff calls the file.
 * @throws {Fault} where there is no such program, or it cannot read the file.
 */
export async function diffHandEdit({ file, text }: HandEdit, name: string): Promise<string> {
  const labels = ['--label', `${name} as generated`, '--label', name];
  try {
    const args = ['-u', '--text', '--strip-trailing-cr', ...labels, '-', file];
    return (await runCommand('diff', args, { input: text })).stdout;
  } catch (error) {
    // It ends with 1 when the files differ, and with more when it could not compare them.
    if (error instanceof CommandError && error.exitCode === 1) return error.output;
    const why = error instanceof Error ? error.message : String(error);
    const isMissing = error instanceof CommandError && error.exitCode === undefined;
    throw wrongInput({ message: why, place: { file }, ...(isMissing ? { next: 'install diffutils' } : {}) });
  }
}
