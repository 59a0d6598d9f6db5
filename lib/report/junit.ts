import exported, { type Builder } from 'junit-report-builder';
import { visible } from '../fault/visible.ts';
import { byDistro } from './byDistro.ts';
import type { Report } from './schema.ts';

/** Its types are of an ES module, what it is is CommonJS: the default export is the builder itself. */
const junit = exported as unknown as Builder;

/**
 * The report as JUnit XML, as GitHub, GitLab and Jenkins read it: a testsuite for each distro, a class for each path, a
 * testcase for each platform; the controls are a testsuite of their own. A build that failed is an error, every other
 * verdict but a pass is a failure: also `unproven` and `skipped`, which those readers would else show as green.
 */
export function junitXml(report: Report): string {
  const builder = junit.newBuilder().name('platform-marker');
  for (const [distro, cells] of byDistro(report.cells)) {
    const suite = builder.testSuite().name(plain(distro));
    for (const { path, platform, verdict, detail, rerun, log } of cells) {
      const testCase = suite
        .testCase()
        .className(`${plain(distro)}.${path}`)
        .name(plain(platform));
      if (verdict === 'pass') continue;
      const message = plain(`${verdict}: ${detail}`);
      if (verdict === 'build-failed') testCase.error(message, verdict, plain(`${log ?? ''}\n${rerun}`));
      else testCase.failure(message, verdict).stacktrace(plain(rerun));
    }
  }
  if (report.controls.length > 0) {
    const suite = builder.testSuite().name('controls');
    for (const { name, distro, path, platform, expected, verdict, detail, caught } of report.controls) {
      const testCase = suite
        .testCase()
        .className(`controls.${path}`)
        .name(plain(`${name} ${distro} ${platform}`));
      if (!caught) testCase.failure(plain(`expected ${expected}, got ${verdict}: ${detail}`), 'not-caught');
    }
  }
  return builder.build();
}

/** XML 1.0 has no characters for what `visible` writes out. A section of characters ends at `]]>`. */
function plain(text: string): string {
  return visible(text).replaceAll(']]>', ']]\\u{3e}');
}
