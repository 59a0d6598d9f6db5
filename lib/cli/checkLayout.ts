import { openLayout, type Layout } from '../oci/blobs.ts';
import { checkMarkers, type MarkerCheck } from '../oci/checkMarkers.ts';
import { deepCheck } from '../oci/deepCheck.ts';
import { LayoutError } from '../oci/layoutError.ts';
import type { LayoutRequest } from './checkLayoutOptions.ts';
import type { LayoutReport } from './checkLayoutReport.ts';

/**
 * Asserts the markers of a layout: nothing is built and nothing written. A layout that is refused as a whole, or that the
 * system does not let us read, is reported as such. Throws what `signal` was aborted with.
 */
export async function checkLayout(request: LayoutRequest, signal?: AbortSignal): Promise<LayoutReport> {
  const report: LayoutReport = {
    layout: request.layout,
    ref: request.ref ?? null,
    asked: request.platforms ?? null,
    ok: false,
    error: null,
    problems: [],
    manifests: [],
    attestations: 0,
    deep: null,
  };
  try {
    const layout = await openLayout(request.layout, signal);
    try {
      await check(layout, request, report);
    } finally {
      await layout.close();
    }
  } catch (error) {
    if (error instanceof LayoutError) report.error = refusalOf(error);
    else report.error = { rule: null, message: `${request.layout}: ${systemMessage(error)}` };
  }
  report.ok =
    report.error === null &&
    report.problems.length === 0 &&
    report.manifests.every(({ verdict }) => verdict === 'pass') &&
    (report.deep?.problems ?? []).length === 0;
  return report;
}

async function check(layout: Layout, request: LayoutRequest, report: LayoutReport): Promise<void> {
  const { platforms, ref } = request;
  const { checks, attestations } = await checkMarkers(layout, {
    ...(platforms === undefined ? {} : { platforms }),
    ...(ref === undefined ? {} : { ref }),
  });
  report.manifests = checks.map(manifestOf);
  report.attestations = attestations;
  if (checks.length === 0) report.problems.push('no manifest that could run: expected one at least');
  if (!request.deep) return;
  const { blobs, bytes, problems } = await deepCheck(layout);
  report.deep = { blobs, bytes, problems: problems.map(refusalOf) };
}

function manifestOf(check: MarkerCheck): LayoutReport['manifests'][number] {
  const { platform, manifestDigest, marker, verdict, rule, problem } = check;
  return {
    platform,
    digest: manifestDigest ?? null,
    marker: marker ?? null,
    verdict,
    rule: rule ?? null,
    problem: problem ?? null,
  };
}

/** What the system says against reading a file. Anything else is thrown on. */
function systemMessage(error: unknown): string {
  if (error instanceof Error && 'syscall' in error) return error.message;
  throw error;
}

function refusalOf({ rule, message }: LayoutError): { rule: LayoutError['rule']; message: string } {
  return { rule, message };
}
