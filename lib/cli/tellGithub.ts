import { appendFile, readFile, stat } from 'node:fs/promises';
import { LineCounter, parseDocument, isMap, isScalar, isSeq } from 'yaml';
import { echo } from 'zx';
import { annotations, type EditPlace } from '../report/annotations.ts';
import { markdown, SUMMARY_MAX } from '../report/markdown.ts';
import type { Report } from '../report/schema.ts';
import { project } from './paths.ts';
import { echoCommands } from './workflowCommands.ts';

/**
 * Appends to the summary of the step, and prints annotations, where GitHub runs this. A report that shards are merged into has no
 * annotations: each shard's run has made its own.
 */
export async function tellGithub(report: Report, { isMerged = false } = {}): Promise<void> {
  const summary = process.env['GITHUB_STEP_SUMMARY'];
  if (summary) {
    const written = await stat(summary).then(
      ({ size }) => size,
      () => 0,
    );
    // The limit is the step's, whose other commands write to the same file.
    const text = markdown(report, SUMMARY_MAX - 1 - written);
    await appendFile(summary, `\n${text}`).catch((error: unknown) => {
      echo(`note: the step's summary cannot be written (${(error as Error).message})`);
    });
  }
  if (process.env['GITHUB_ACTIONS'] !== 'true' || isMerged) return;
  const lines = distroLines(await readFile(project.distros, 'utf8').catch(() => ''));
  const placeOf = (distro: string): EditPlace => {
    const line = lines.get(distro);
    return { file: 'distros.yaml', ...(line === undefined ? {} : { line }) };
  };
  echoCommands(annotations(report, placeOf));
}

/** The line of each distro's row in distros.yaml, from 1. */
export function distroLines(yaml: string): Map<string, number> {
  const counter = new LineCounter();
  const rows = parseDocument(yaml, { lineCounter: counter }).get('distros');
  const found = new Map<string, number>();
  for (const row of isSeq(rows) ? rows.items : []) {
    const name = isMap(row) ? row.get('name', true) : undefined;
    if (isScalar(name) && name.range) found.set(String(name.value), counter.linePos(name.range[0]).line);
  }
  return found;
}
