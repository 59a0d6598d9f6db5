import { existsSync } from 'node:fs';

const SYSTEM = '/usr/bin/chromium';

/** The path of the system's Chromium. Throws where there is none: a page that no browser has opened is not tested. */
export function findChromium(): string {
  if (existsSync(SYSTEM)) return SYSTEM;
  throw new Error(`${SYSTEM} is not there: install Debian’s package chromium`);
}
