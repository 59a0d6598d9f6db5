import { readFile } from 'node:fs/promises';
import { wrongInput } from '../fault/fault.ts';
import type { Complaint, Fault } from '../fault/fault.ts';
import { makeVariables, spellCommand } from '../fault/spelling.ts';
import { formatPlatform, parsePlatform } from '../oci/platform.ts';
import { BUILT_IN_SUBJECT } from './builtInSubject.ts';
import { crossChecks } from './crossChecks.ts';
import { formatImageRef, parseImageRef } from './imageRef.ts';
import type { DistroRow, MatrixRows, SubjectRow } from './schema.ts';
import { matrixSchema } from './schema.ts';
import { schemaComplaints } from './schemaComplaints.ts';
import type { Distro, ImageRef, Manager, Matrix, OsRelease, Subject } from './types.ts';
import { parseYaml } from './yamlText.ts';

/** Both packages are in the distros' own base repositories, need the C library alone, and run no scriptlets. */
const DEFAULT_PACKAGE: Readonly<Record<Manager, string>> = {
  apt: 'hello',
  dnf: 'tree',
  microdnf: 'tree',
  tdnf: 'tree',
};

/**
 * Reads and checks `distros.yaml`.
 *
 * @param file path of the file; complaints show it as it is given.
 * @throws {Fault} with everything that is wrong with the file, each with its line and column where there is one.
 */
export async function readMatrix(file: string): Promise<Matrix> {
  const yaml = parseYaml(file, decodeUtf8(file, await readBytes(file)));
  if (yaml.data === null) throw empty(file);
  const rows = matrixSchema.safeParse(yaml.data);
  const complaints = [...schemaComplaints(rows.error?.issues ?? [], yaml), ...crossChecks(yaml)];
  if (!rows.success || complaints.length > 0) {
    throw wrongInput(inFileOrder(complaints));
  }
  return toMatrix(rows.data);
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      throw wrongInput({
        message: 'there is no such file',
        place: { file },
        next: `it says what to verify; ${bringBack()}`,
      });
    }
    throw wrongInput({ message: `cannot be read: ${message}`, place: { file } });
  }
}

function decodeUtf8(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const lines = new TextDecoder().decode(bytes).split('\uFFFD', 1).join('').split('\n');
    const place = { file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
    throw wrongInput({ message: 'not UTF-8 text', place, next: 'save the file as UTF-8' });
  }
}

function inFileOrder(complaints: readonly Complaint[]): Complaint[] {
  const line = (complaint: Complaint) => complaint.place?.line ?? 0;
  const column = (complaint: Complaint) => complaint.place?.column ?? 0;
  return [...complaints].sort((one, two) => line(one) - line(two) || column(one) - column(two));
}

function empty(file: string): Fault {
  return wrongInput({
    message: 'the file is empty; expected "platforms", "distros" and "subjects"',
    place: { file, line: 1, column: 1 },
    next: bringBack(),
  });
}

/** In a clone of this project there is a committed one; anywhere else there may never have been one. */
function bringBack(): string {
  return makeVariables() === undefined
    ? `\`${spellCommand('init')}\` writes one`
    : '`git checkout distros.yaml` brings the committed one back';
}

function toMatrix(rows: MatrixRows): Matrix {
  const platforms = rows.platforms.map(normalized);
  return {
    distros: rows.distros.map((row) => toDistro(row, platforms)),
    subjects: rows.subjects?.map(toSubject) ?? [BUILT_IN_SUBJECT],
  };
}

const normalized = (platform: string) => formatPlatform(parsePlatform(platform));

function toDistro(row: DistroRow, platforms: readonly string[]): Distro {
  const ref = parseImageRef(row.base);
  const packageName = row.package ?? DEFAULT_PACKAGE[row.manager];
  return {
    name: row.name,
    ref,
    baseRef: formatImageRef(ref),
    manager: row.manager,
    key: row.key ?? row.name,
    platforms: row.platforms?.map(normalized) ?? platforms,
    ...(row.release === undefined ? {} : { release: row.release }),
    package: packageName,
    program: row.program ?? `/usr/bin/${packageName}`,
    osRelease: toOsRelease(row['os-release'], ref),
    ...(row.bootstrap === undefined ? {} : { bootstrap: row.bootstrap }),
  };
}

function toOsRelease(row: DistroRow['os-release'], ref: ImageRef): OsRelease {
  const ID = row?.ID ?? ref.path.split('/').at(-1) ?? ref.path;
  const VERSION_ID = row?.VERSION_ID ?? (ref.tag ?? 'unknown').toLowerCase();
  return { ID, VERSION_ID, PRETTY_NAME: row?.PRETTY_NAME ?? `${ID} ${VERSION_ID}` };
}

function toSubject(row: SubjectRow): Subject {
  return {
    name: row.name,
    source:
      row.dockerfile === undefined
        ? { kind: 'frontend', frontend: row.frontend ?? '', buildFile: row['build-file'] ?? '' }
        : { kind: 'dockerfile', dockerfile: row.dockerfile },
    ...(row.target === undefined ? {} : { target: row.target }),
    workerContext: row['worker-context'],
    args: row.args ?? {},
  };
}
