import { existsSync } from 'node:fs';
import { Fault } from '../fault/fault.ts';
import { readMatrix } from '../matrix/readMatrix.ts';
import type { Distro } from '../matrix/types.ts';
import { good, limited, missing, type Finding } from './finding.ts';

const USUAL_PLATFORMS: readonly string[] = ['linux/amd64', 'linux/arm64'];

/** What a machine would verify here, and what is to be said of distros.yaml itself. A machine may be fit without one. */
export async function readDistros(
  file: string,
): Promise<{ distros: readonly Distro[]; platforms: readonly string[]; findings: readonly Finding[] }> {
  const topic = 'distros.yaml';
  const none = { distros: [], platforms: USUAL_PLATFORMS };
  if (!existsSync(file)) {
    const fix = 'registries are not asked; run this where distros.yaml is';
    return { ...none, findings: [limited(topic, `${file} is not there`, fix)] };
  }
  try {
    const { distros } = await readMatrix(file);
    const platforms = [...new Set(distros.flatMap((distro) => distro.platforms))];
    return {
      distros,
      platforms,
      findings: [good(topic, `${distros.length} distros on ${platforms.join(', ')}`)],
    };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ...none, findings: [missing(topic, error.message, 'mend it: every place is named')] };
  }
}
