import { z } from 'zod';
import { suggestion } from '../fault/didYouMean.ts';
import type { Complaint } from '../fault/fault.ts';
import { matrixSchema } from './schema.ts';
import type { YamlPath, YamlText } from './yamlText.ts';

/** What zod found wrong with the file's values, in a person's words and at the place in the file. */
export function schemaComplaints(issues: readonly z.core.$ZodIssue[], yaml: YamlText): Complaint[] {
  return issues.flatMap((issue) => complaintsOf(issue, yaml));
}

function complaintsOf(issue: z.core.$ZodIssue, yaml: YamlText): Complaint[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const place = yaml.placeOf(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, yaml));
    case 'invalid_type':
    case 'invalid_value': {
      const value = valueAt(yaml.data, path);
      if (value === undefined) return [{ message: `${fieldName(path)} is missing`, place }];
      if (issue.code === 'invalid_value') {
        const allowed = issue.values.map(String);
        const guess = typeof value === 'string' ? suggestion(value, allowed) : '';
        return [
          {
            message: `${fieldName(path)} is ${show(value)}; expected ${allowed.join(', ')}${guess}`,
            place,
          },
        ];
      }
      return [
        {
          message: wrongType(path, issue.expected, value),
          place,
          ...quotesHint(issue.expected, path, value, yaml),
        },
      ];
    }
    case 'too_small':
      return [
        {
          message: `${fieldName(path)} is empty; expected at least one ${issue.origin === 'array' ? 'entry' : 'letter'}`,
          place,
        },
      ];
    default:
      return [{ message: issue.message, place }];
  }
}

function unknownKey(key: string, path: YamlPath, yaml: YamlText): Complaint {
  const known = knownKeys(path);
  return {
    message: `unknown key "${key}"${suggestion(key, known)}`,
    place: yaml.placeOfKey([...path, key]),
    next: `known here: ${known.join(', ')}`,
  };
}

function wrongType(path: YamlPath, expected: string, value: unknown): string {
  const kinds: Readonly<Record<string, string>> = {
    string: 'text',
    array: 'a list',
    object: 'keys with values',
    record: 'keys with values',
  };
  return `${fieldName(path)} is ${show(value)}; expected ${kinds[expected] ?? expected}`;
}

/** YAML reads 9 and 3.0 as numbers and true as a boolean: quotes make them text. */
function quotesHint(
  expected: string,
  path: YamlPath,
  value: unknown,
  yaml: YamlText,
): Pick<Complaint, 'next'> {
  if (expected !== 'string' || (typeof value !== 'number' && typeof value !== 'boolean')) return {};
  return { next: `write it in quotes: "${yaml.sourceOf(path) ?? String(value)}"` };
}

function show(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map of keys';
  return typeof value === 'string' ? JSON.stringify(value) : `the ${typeof value} ${JSON.stringify(value)}`;
}

function fieldName(path: YamlPath): string {
  const last = path.at(-1);
  if (last === undefined) return 'the file';
  return typeof last === 'number' ? `row ${last + 1} of "${path.at(-2) ?? ''}"` : `"${last}"`;
}

function valueAt(data: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Record<string | number, unknown>)[part]
        : undefined,
    data,
  );
}

interface SchemaNode {
  properties?: Record<string, SchemaNode>;
  items?: SchemaNode;
}

function knownKeys(path: YamlPath): string[] {
  const root = z.toJSONSchema(matrixSchema) as SchemaNode;
  const node = path.reduce<SchemaNode | undefined>(
    (schema, part) => (typeof part === 'number' ? schema?.items : schema?.properties?.[part]),
    root,
  );
  return Object.keys(node?.properties ?? {});
}
