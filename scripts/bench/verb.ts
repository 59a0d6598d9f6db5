import { fileURLToPath } from 'node:url';
import { runCommand } from '../../lib/engine/command.ts';

/** Where and how a verb is run. */
interface VerbCall {
  /** The folder of distros.yaml. */
  folder: string;
  env?: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

const SCRIPTS = fileURLToPath(new URL('..', import.meta.url));

const CLI = fileURLToPath(new URL('../../bin/platform-marker.js', import.meta.url));

/** A verb's command, as make starts it. */
export function verbCommand(verb: string, args: readonly string[]): string[] {
  return [process.execPath, CLI, verb, ...args];
}

/** A script's command, in a process of its own. */
export function scriptCommand(script: string, args: readonly string[]): string[] {
  return [process.execPath, '--import', import.meta.resolve('tsx'), `${SCRIPTS}${script}.ts`, ...args];
}

/** Runs a verb to its end. Throws CommandError where that is not the exit status 0. */
export async function callVerb(
  verb: string,
  args: readonly string[],
  { folder, env = {}, signal }: VerbCall,
): Promise<{ stdout: string }> {
  const [file = '', ...rest] = verbCommand(verb, args);
  return runCommand(file, rest, { cwd: folder, env, signal });
}
