import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Builder } from '../../../lib/engine/builder.ts';
import { runCommand } from '../../../lib/engine/command.ts';
import { CommandError } from '../../../lib/engine/commandError.ts';
import type { Asks, Ending, PolicyCase } from './policyCase.ts';
import { CONTEXT, type Served } from './served.ts';

const TIMEOUT_MS = 60_000;

/** The text of a case's policy file. */
export function policyText({ policy }: PolicyCase, { fillIn }: Served): string {
  return fillIn(typeof policy === 'string' ? policy : JSON.stringify({ rules: policy }));
}

/** Builds a case, for real, in an empty folder. */
export async function build(
  one: PolicyCase,
  { builder, served, folder }: { builder: Builder; served: Served; folder: string },
): Promise<Ending> {
  const context = join(folder, 'context');
  const result = join(folder, 'result');
  const policy = join(folder, 'policy.json');
  await mkdir(context, { recursive: true });
  await writeFile(join(context, 'Dockerfile'), served.fillIn(dockerfileOf(one.asks)));
  await writeFile(join(context, 'image'), CONTEXT);
  await writeFile(policy, policyText(one, served));
  const { output, failed } = await runBuild(builder, policy, [
    ...optionsOf(one.asks).map(served.fillIn),
    `--output=type=local,dest=${result}`,
    context,
  ]);
  if (failed) return failureOf(output);
  const content = await readFile(join(result, 'image'), 'utf8');
  return { holds: served.contents.get(content) ?? `something else: ${content}` };
}

/** `docker buildx build` under a policy file: what it printed, and whether it failed. */
export async function runBuild(
  builder: Builder,
  policy: string,
  args: readonly string[],
): Promise<{ output: string; failed: boolean }> {
  const env = {
    ...builder.env,
    EXPERIMENTAL_BUILDKIT_SOURCE_POLICY: policy,
    BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
    NO_COLOR: '1',
  };
  try {
    const command = ['buildx', 'build', '--progress=plain', ...args];
    const { output } = await runCommand(builder.docker, command, { env, timeout: TIMEOUT_MS });
    return { output, failed: false };
  } catch (error) {
    if (!(error instanceof CommandError) || error.timedOut) throw error;
    return { output: error.output, failed: true };
  }
}

function dockerfileOf(asks: Asks): string {
  switch (asks.kind) {
    case 'from':
      return `FROM ${asks.ref}\n`;
    case 'named':
      return 'FROM scratch\nCOPY --from=given image /image\n';
    case 'add':
      return `FROM scratch\nADD ${asks.checksum === undefined ? '' : `--checksum=${asks.checksum} `}${asks.url} /image\n`;
    case 'copy':
      return 'FROM scratch\nCOPY image /image\n';
  }
}

function optionsOf(asks: Asks): string[] {
  if (asks.kind === 'named') return [`--build-context=given=${asks.context}`];
  return asks.kind === 'from' && asks.pull === true ? ['--pull'] : [];
}

/** The last error that buildx prints, which is why it failed. */
function failureOf(output: string): Ending {
  const text = /^ERROR: (.*)$(?![\s\S]*^ERROR: )/m.exec(output)?.[1];
  if (text === undefined) throw new Error(`a build failed without a word:\n${output}`);
  const refused = /^failed to parse source policy: (.*)$/.exec(text)?.[1];
  return refused === undefined ? { fails: text } : { refusesFile: refused };
}
