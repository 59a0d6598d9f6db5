// Writes the reports of a made-up run: so many distros, each on seven platforms by every path, one in a hundred fallen short.
import { PATHS } from '../../lib/proof/verdict.ts';
import { outcomeOf } from '../../lib/report/outcome.ts';
import { writeReports } from '../../lib/report/writeReports.ts';
import { report, reportCell } from '../../tests/report/report.ts';

const [size = '', out = ''] = process.argv.slice(2);
const PLATFORMS = ['amd64', 'arm64', 'arm/v7', '386', 'ppc64le', 's390x', 'riscv64'].map(
  (of) => `linux/${of}`,
);

const cells = Array.from({ length: Number(size) }, (_, at) =>
  PATHS.flatMap((path) =>
    PLATFORMS.map((platform) =>
      reportCell({
        ...{ distro: `made-${at + 1}`, path, platform, marker: platform, expected: platform },
        ...(at % 100 === 99
          ? { verdict: 'wrong-platform' as const, detail: 'the marker of another platform' }
          : {}),
      }),
    ),
  ),
).flat();
const fault = await writeReports(report(cells, outcomeOf(cells, report([]).controls)), out);
if (fault !== undefined) throw fault;
