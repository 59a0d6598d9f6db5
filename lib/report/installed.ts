import type { ReportCell } from './schema.ts';

/** What a worker says that it installed, in a sentence: `hello 2.10-3 arm64, by apt: installed`. */
export function installedWords({ installed }: ReportCell): string | undefined {
  if (installed === null) return undefined;
  const { package: name = 'nothing', version = '', architecture = '', manager, status } = installed;
  const what = [name, version, architecture].filter(Boolean).join(' ');
  const how = [
    ...(manager === undefined ? [] : [`by ${manager}`]),
    ...(status === undefined ? [] : [status]),
  ];
  return [what, how.join(': ')].filter(Boolean).join(', ');
}

/** What it says that was not configured, because that would have run scripts of the target's. */
export function unconfiguredWords({ installed }: ReportCell): string | undefined {
  const said = installed?.['unconfigured'];
  return said === undefined ? undefined : said === '' ? 'nothing' : said;
}

/** `/usr/bin/hello is ELF machine 183, 64 bits, little endian: arm64`. */
export function programWords({ program }: ReportCell): string | undefined {
  if (program === undefined) return undefined;
  const { path, machine, bits, endian, architecture = 'unknown' } = program;
  return `${path} is ELF machine ${machine}, ${bits} bits, ${endian} endian: ${architecture}`;
}

/** How many commands ran as the build platform's, and how many as another's: `1 native, 0 foreign`. */
export function commandCounts({ execOps }: ReportCell): string {
  const foreign = execOps.filter((op) => op.foreign).length;
  return `${execOps.length - foreign} native, ${foreign} foreign`;
}
