import { fillPlaceholders } from './placeholders.ts';
import type { Placeholder } from './placeholders.ts';
import type { Distro, Subject } from './types.ts';

/**
 * The subject as it is for one distro: every placeholder filled with the distro's field. A field that the distro does
 * not have becomes the empty string.
 *
 * @param base whether the base holds the distro's packages (`real`), so that something can be installed into it, or is a
 *   `stand-in`: `{install}` is the package manager's name for the one and `none` for the other.
 */
export function resolveSubject(subject: Subject, distro: Distro, base: 'real' | 'stand-in'): Subject {
  const values: Record<Placeholder, string> = {
    name: distro.name,
    key: distro.key,
    base: distro.baseRef,
    manager: distro.manager,
    install: base === 'real' ? distro.manager : 'none',
    package: distro.package,
    program: distro.program,
    release: distro.release ?? '',
  };
  const fill = (text: string) => fillPlaceholders(text, values);
  const { source } = subject;
  return {
    name: subject.name,
    source:
      source.kind === 'dockerfile'
        ? { kind: 'dockerfile', dockerfile: fill(source.dockerfile) }
        : { kind: 'frontend', frontend: fill(source.frontend), buildFile: fill(source.buildFile) },
    ...(subject.target === undefined ? {} : { target: fill(subject.target) }),
    workerContext: fill(subject.workerContext),
    args: Object.fromEntries(Object.entries(subject.args).map(([key, value]) => [key, fill(value)])),
  };
}
