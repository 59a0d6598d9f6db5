// `make explain REF=debian:bookworm`: what policies do with a source, rule by rule. Nothing is built.
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { echo } from 'zx';
import { project } from '../lib/cli/paths.ts';
import { readPolicyFile, readPolicyFolder, refuseBroken } from '../lib/cli/policyFiles.ts';
import type { VerbRun } from '../lib/cli/runVerb.ts';
import { textOf } from '../lib/cli/variable.ts';
import { EXIT, wrongInput } from '../lib/fault/fault.ts';
import { spellCommand, spellName, spellOption } from '../lib/fault/spelling.ts';
import { visible } from '../lib/fault/visible.ts';
import { selectDistros, splitNames } from '../lib/matrix/select.ts';
import { formatPlatform, parsePlatform } from '../lib/oci/platform.ts';
import { explain, type Explanation } from '../lib/policy/explain.ts';
import { formatExplanation } from '../lib/policy/formatExplanation.ts';
import type { LintInput } from '../lib/policy/lint/lint.ts';
import { normalizeSource } from '../lib/policy/normalizeSource.ts';
import { parsePolicy } from '../lib/policy/parsePolicy.ts';
import { IMAGE } from '../lib/policy/sourceKinds.ts';

export const program = new Command('explain')
  .description('what policies do with a source')
  .addOption(
    new Option('--ref <source>', 'an image, or another source: https://…, git://…, local://…').env('REF'),
  )
  .addOption(new Option('--distro <names>', 'by the policies of these distros').env('DISTRO'))
  .addOption(new Option('--policy <file>', 'by this policy').env('POLICY'))
  .addOption(new Option('--platform <platform>', 'the platform that you have in mind').env('PLATFORM'));

export const run: VerbRun = async (options) => {
  const asked = textOf(options, 'ref');
  if (asked === undefined) {
    throw wrongInput({
      message: 'no source to explain',
      next: `name one: ${spellCommand('explain', { REF: 'debian:bookworm' })}`,
    });
  }
  const platform = readPlatform(textOf(options, 'platform'));
  const names = splitNames(textOf(options, 'distro'));
  const policy = textOf(options, 'policy');
  const inputs = await policiesFor(asked, names, policy);
  const files = inputs.map(({ file, bytes }) => parsePolicy(file, bytes));
  const explained = files
    .filter(({ policy }) => policy !== undefined)
    .map((file) => explain({ asked, files: [file] }));
  const touching = explained.filter(isTouched);
  const isAll = names.length === 0 && policy === undefined && explained.length > 1;
  if (isAll && touching.length < explained.length)
    echo(
      untouchedLine(
        explained[0]?.source.identifier ?? asked,
        explained.length - touching.length,
        explained.length,
      ),
    );
  for (const one of isAll ? touching : explained) echo(formatExplanation(one, platform).trimEnd());
  refuseBroken(files);
  return EXIT.verified;
};

/** Whether a rule of the policy matches the source. */
function isTouched({ looks }: Explanation): boolean {
  return looks.some(({ passes }) =>
    passes.some(({ rules }) => rules.some(({ result }) => result !== 'does not match')),
  );
}

/** In the place of the traces of policies that do nothing, which a person gets by naming one. */
function untouchedLine(identifier: string, untouched: number, all: number): string {
  const which = `${untouched} of the ${all} policies have no rule for it`;
  return `${visible(identifier)}: ${which}; ${spellName('DISTRO')} or ${spellName('POLICY')} names one to see why`;
}

/** The policy that is named; else those of the distros that are; else of those whose base the source is; else all. */
async function policiesFor(
  asked: string,
  names: readonly string[],
  policy: string | undefined,
): Promise<LintInput[]> {
  const { identifier } = normalizeSource(asked);
  if (policy !== undefined && names.length > 0) {
    throw wrongInput({
      message: `${spellName('DISTRO')} and ${spellName('POLICY')} each name a policy`,
      next: 'leave one of them out',
    });
  }
  if (policy !== undefined) return [await readPolicyFile(policy)];
  // Loaded here alone: zod and yaml take their time, and a policy by itself does without.
  const { readMatrix } = await import('../lib/matrix/readMatrix.ts');
  const matrix = await readMatrix(project.distros);
  const distros =
    names.length > 0
      ? selectDistros(matrix, names)
      : matrix.distros.filter(({ baseRef }) => identifier === IMAGE + baseRef);
  if (distros.length === 0) return readPolicyFolder(project.policies);
  return Promise.all(distros.map(({ name }) => readPolicyFile(join(project.policies, `${name}.json`))));
}

function readPlatform(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : formatPlatform(parsePlatform(text));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw wrongInput({ message: error.message, next: `write ${spellOption('PLATFORM', 'linux/arm64')}` });
  }
}
