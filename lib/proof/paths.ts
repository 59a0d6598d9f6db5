import { posix } from 'node:path';

/** The parts as one path from the root, which `..` does not leave. */
export function inRoot(...parts: readonly string[]): string {
  return posix.resolve('/', posix.join('/', ...parts));
}

/** Whether a path is a folder or below it; both as `inRoot` gives them. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}
