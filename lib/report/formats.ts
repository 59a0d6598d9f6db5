import { htmlPage } from './htmlPage.ts';
import { junitXml } from './junit.ts';
import { markdown } from './markdown.ts';
import { reportJson } from './reportJson.ts';
import type { Report } from './schema.ts';

/** A form that a report is written in. `previous` is the report of the run before, where there is one. */
export interface ReportFormat {
  file: string;
  render: (report: Report, previous: Report | undefined) => string;
}

/** Every form, each a file in the folder of a run's outputs. */
export const FORMATS: readonly ReportFormat[] = [
  { file: 'report.json', render: reportJson },
  { file: 'junit.xml', render: junitXml },
  { file: 'report.md', render: (report) => markdown(report) },
  { file: 'report.html', render: htmlPage },
];
