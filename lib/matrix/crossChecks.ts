import { suggestion } from '../fault/didYouMean.ts';
import type { Complaint } from '../fault/fault.ts';
import { formatPlatform, parsePlatform } from '../oci/platform.ts';
import { imageName, parseImageRef } from './imageRef.ts';
import { isPlaceholder, PLACEHOLDERS, placeholdersIn } from './placeholders.ts';
import type { YamlPath, YamlText } from './yamlText.ts';

type Row = Readonly<Record<string, unknown>>;

/**
 * What no single field can know: things written twice, and subjects that ask for what distros do not have. Works on the
 * raw values, so that these are found although something else in the file is wrong too.
 */
export function crossChecks(yaml: YamlText): Complaint[] {
  const distros = rowsOf(yaml.data, 'distros');
  const subjects = rowsOf(yaml.data, 'subjects');
  return [
    ...repeated(yaml, field('distros', distros, 'name'), (name) => name, 'the name'),
    ...repeated(yaml, field('distros', distros, 'base'), sameImage, 'the base'),
    ...repeated(yaml, items(yaml.data, 'platforms', ['platforms']), samePlatform, 'the platform'),
    ...distros.flatMap((row, index) =>
      repeated(yaml, items(row, 'platforms', ['distros', index, 'platforms']), samePlatform, 'the platform'),
    ),
    ...repeated(yaml, field('subjects', subjects, 'name'), (name) => name, 'the name'),
    ...subjects.flatMap((row, index) => [
      ...sourceComplaints(yaml, row, index),
      ...placeholderComplaints(yaml, row, index, distros),
    ]),
  ];
}

interface Written {
  text: string;
  path: YamlPath;
}

/** A complaint for each text that comes to the same as one before it. Texts without an identity are left to others. */
function repeated(
  yaml: YamlText,
  all: readonly Written[],
  identity: (text: string) => string | undefined,
  what: string,
): Complaint[] {
  const first = new Map<string, Written>();
  return all.flatMap((written) => {
    const id = identity(written.text);
    if (id === undefined) return [];
    const before = first.get(id);
    if (before === undefined) {
      first.set(id, written);
      return [];
    }
    const line = yaml.placeOf(before.path).line ?? 0;
    const as = before.text === written.text ? '' : ` as "${before.text}"`;
    return [
      {
        message: `${what} "${written.text}" is already on line ${line}${as}`,
        place: yaml.placeOf(written.path),
      },
    ];
  });
}

function sameImage(text: string): string | undefined {
  try {
    const ref = parseImageRef(text);
    return ref.digest === undefined
      ? `${imageName(ref)}:${ref.tag ?? ''}`
      : `${imageName(ref)}@${ref.digest}`;
  } catch {
    return undefined;
  }
}

function samePlatform(text: string): string | undefined {
  try {
    return formatPlatform(parsePlatform(text));
  } catch {
    return undefined;
  }
}

function sourceComplaints(yaml: YamlText, row: Row, index: number): Complaint[] {
  const place = yaml.placeOf(['subjects', index]);
  const has = (key: string) => row[key] !== undefined;
  if (has('dockerfile') && (has('frontend') || has('build-file'))) {
    const extra = has('frontend') ? 'frontend' : 'build-file';
    return [
      {
        message: `a subject with "dockerfile" takes no "${extra}"`,
        place: yaml.placeOfKey(['subjects', index, extra]),
      },
    ];
  }
  if (has('dockerfile') || (has('frontend') && has('build-file'))) return [];
  if (has('frontend')) return [{ message: 'a subject with "frontend" needs "build-file"', place }];
  return [{ message: 'a subject needs "dockerfile", or "frontend" and "build-file"', place }];
}

function placeholderComplaints(
  yaml: YamlText,
  row: Row,
  index: number,
  distros: readonly Row[],
): Complaint[] {
  return textsIn(row, ['subjects', index]).flatMap(({ text, path }) =>
    [...new Set(placeholdersIn(text))].flatMap((word): Complaint[] => {
      const place = yaml.placeOfWord(path, `{${word}}`);
      if (!isPlaceholder(word)) {
        return [
          {
            message: `no distro has "{${word}}"${suggestion(word, PLACEHOLDERS)}`,
            place,
            next: `placeholders: ${PLACEHOLDERS.join(', ')}; for a plain {${word}} write {{${word}}}`,
          },
        ];
      }
      // An argument may be empty; the name of a target or a context may not have a hole in it.
      const lacking = distros.find((distro) => distro['release'] === undefined);
      if (word !== 'release' || path[2] === 'args' || lacking === undefined) return [];
      return [{ message: `the distro "${String(lacking['name'])}" has no release for "{release}"`, place }];
    }),
  );
}

/** Every text in a value, however deep, with its path. */
function textsIn(value: unknown, path: YamlPath): Written[] {
  if (typeof value === 'string') return [{ text: value, path }];
  if (!isRow(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => textsIn(child, [...path, key]));
}

function field(list: string, rows: readonly Row[], key: string): Written[] {
  return rows.flatMap((row, index) => {
    const text = row[key];
    return typeof text === 'string' ? [{ text, path: [list, index, key] }] : [];
  });
}

function items(holder: unknown, key: string, path: YamlPath): Written[] {
  const list = isRow(holder) ? holder[key] : undefined;
  if (!Array.isArray(list)) return [];
  return (list as unknown[]).flatMap((text, index) =>
    typeof text === 'string' ? [{ text, path: [...path, index] }] : [],
  );
}

/** The rows of a list, each in its place; what is no row becomes an empty one. */
function rowsOf(data: unknown, key: string): Row[] {
  const list = isRow(data) ? data[key] : undefined;
  return Array.isArray(list) ? (list as unknown[]).map((row) => (isRow(row) ? row : {})) : [];
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
