import { Command } from 'commander';
import { suggestion } from '../fault/didYouMean.ts';
import { wrongInput } from '../fault/fault.ts';
import { makeVariables, PROGRAM } from '../fault/spelling.ts';
import { runVerb } from './runVerb.ts';

/** Says that there is no such verb, or make target, with the one that was meant; sets the exit status. */
export async function refuseVerb(word: string, verbs: readonly string[]): Promise<void> {
  const what = word.startsWith('-') ? 'option' : makeVariables() === undefined ? 'verb' : 'target';
  const all = makeVariables() === undefined ? `${PROGRAM} --help` : 'make';
  const fault = wrongInput({
    message: `there is no ${what} "${word}"${suggestion(word, verbs)}`,
    next: `\`${all}\` lists them all`,
  });
  await runVerb(new Command(), () => Promise.reject(fault), []);
}
