import { formatGithub } from './formatGithub.ts';
import { formatJson } from './formatJson.ts';
import { formatSarif } from './formatSarif.ts';
import { formatText } from './formatText.ts';
import type { Finding } from './lint.ts';

/** The formats that findings can be had in, by the names that people give. */
export const FINDING_FORMATS: Readonly<Record<string, (findings: readonly Finding[]) => string>> = {
  text: formatText,
  json: formatJson,
  github: formatGithub,
  sarif: formatSarif,
};
