// Judges once what the run in a folder came to, all cells and controls, and prints how many seconds that took: what the
// check takes of a run, in a process that has done nothing before.
import { cloneKey } from '../../lib/flow/cloneKey.ts';
import { judgeRun } from '../../lib/flow/reportRun.ts';
import { readRunRecord } from '../../lib/flow/runRecord.ts';

const [out = ''] = process.argv.slice(2);
const key = await cloneKey(process.cwd());
const started = performance.now();
await judgeRun(await readRunRecord(out, key), { key, version: '' });
process.stdout.write(String((performance.now() - started) / 1000));
