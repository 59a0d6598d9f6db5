// `make explain REF=debian:bookworm`: what policies do with a source, rule by rule. Nothing is built.
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { echo } from 'zx';
import { project } from '../lib/cli/paths.ts';
import { readPolicyFile, readPolicyFolder } from '../lib/cli/policyFiles.ts';
import { runVerb } from '../lib/cli/runVerb.ts';
import { EXIT, wrongInput } from '../lib/fault/fault.ts';
import { readMatrix } from '../lib/matrix/readMatrix.ts';
import { selectDistros } from '../lib/matrix/select.ts';
import { explain } from '../lib/policy/explain.ts';
import { formatExplanation } from '../lib/policy/formatExplanation.ts';
import { parsePolicy } from '../lib/policy/parsePolicy.ts';

const program = new Command('explain')
  .description('what policies do with a source')
  .addOption(
    new Option('--ref <source>', 'an image, or another source: https://…, git://…, local://…').env('REF'),
  )
  .addOption(new Option('--distro <name>', 'by this distro’s policy').env('DISTRO'))
  .addOption(new Option('--policy <file>', 'by this policy').env('POLICY'))
  .addOption(new Option('--platform <platform>', 'the platform that you have in mind').env('PLATFORM'));

await runVerb(program, async (options) => {
  const { ref, distro, policy, platform } = options as Record<string, string | undefined>;
  if (ref === undefined || ref === '') {
    throw wrongInput({ message: 'no source to explain', next: 'name one: make explain REF=debian:bookworm' });
  }
  const inputs = policy !== undefined ? [await readPolicyFile(policy)] : await ofDistros(ref, distro);
  for (const { file, bytes } of inputs) {
    echo(formatExplanation(explain({ asked: ref, files: [parsePolicy(file, bytes)] }), platform).trimEnd());
  }
  return EXIT.verified;
});

/** The policy of the distro that is named; else of those whose base it is; else all. */
async function ofDistros(ref: string, name: string | undefined) {
  const matrix = await readMatrix(project.distros);
  if (name !== undefined) {
    const [distro] = selectDistros(matrix, [name]);
    return [await readPolicyFile(join(project.policies, `${distro?.name ?? ''}.json`))];
  }
  const own = matrix.distros.filter(
    ({ base, baseRef }) => ref === base || ref === baseRef || baseRef.endsWith(`/${ref}`),
  );
  if (own.length === 0) return readPolicyFolder(project.policies);
  return Promise.all(own.map((distro) => readPolicyFile(join(project.policies, `${distro.name}.json`))));
}
