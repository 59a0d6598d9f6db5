import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What `node` is given to run one of this program's own scripts, in the form in which this program is running: as it is
 * written, in a clone, or built, in a package. `folder` is the script's, to run it in.
 *
 * @param name the script's name below scripts/, without an ending.
 */
export function ownScript(name: string): { args: string[]; folder: string } {
  const isWritten = import.meta.url.endsWith('.ts');
  const script = fileURLToPath(new URL(`../../scripts/${name}.${isWritten ? 'ts' : 'js'}`, import.meta.url));
  const loader = isWritten ? ['--import', import.meta.resolve('tsx')] : [];
  return { args: [...loader, script], folder: dirname(script) };
}
