/** What is read of a JSON Schema that zod wrote. */
export interface Schema {
  type?: string | readonly string[];
  const?: unknown;
  enum?: readonly unknown[];
  description?: string;
  examples?: readonly unknown[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  items?: Schema | readonly Schema[];
  prefixItems?: readonly Schema[];
  additionalProperties?: Schema | boolean;
  anyOf?: readonly Schema[];
}

/** A field of a document, by the way to it: `distros[].name`. */
interface Field {
  way: string;
  schema: Schema;
  required: boolean;
}

/** The fields that a schema describes as a Markdown table, one row each, in the schema's order. */
export function schemaTable(schema: Schema): string {
  const rows = fieldsOf(schema, '').map(({ way, schema: field, required }) =>
    row([code(way), typeOf(field), required ? 'yes' : '', describe(field)]),
  );
  return [row(['field', 'type', 'required', 'what it is']), row(['---', '---', '---', '---']), ...rows].join(
    '\n',
  );
}

/** Every field of a schema and what lies below it. */
function fieldsOf(schema: Schema, above: string): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const way = above === '' ? name : `${above}.${name}`;
    const own = { way, schema: field, required: schema.required?.includes(name) ?? false };
    const [inner, below] = within(field, way);
    return [own, ...fieldsOf(inner, below)];
  });
}

/** What is in a list, a map or something that may be null, with the way to it. */
function within(schema: Schema, way: string): [Schema, string] {
  const { items, additionalProperties, anyOf } = schema;
  if (items !== undefined && !Array.isArray(items)) return within(items as Schema, `${way}[]`);
  if (typeof additionalProperties === 'object' && schema.properties === undefined)
    return within(additionalProperties, `${way}.*`);
  const [only] = (anyOf ?? []).filter((one) => one.type !== 'null');
  return only === undefined ? [schema, way] : within(only, way);
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(', ');
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  const { items, type = 'anything' } = schema;
  if (schema.prefixItems !== undefined) return 'pair';
  if (items !== undefined) return `list of ${Array.isArray(items) ? 'values' : typeOf(items as Schema)}s`;
  if (type === 'object') return schema.properties === undefined ? 'map' : 'object';
  return typeof type === 'string' ? type : type.join(' or ');
}

function describe({ description, examples }: Schema): string {
  const shown = (examples ?? [])
    .slice(0, 2)
    .map((example) => code(typeof example === 'string' ? example : JSON.stringify(example)));
  const said = description === undefined ? [] : [description.replace(/([^.])$/, '$1.')];
  return [...said, ...(shown.length === 0 ? [] : [`For example ${shown.join(', ')}`])].join(' ');
}

/** A row of a table: what stands in a cell can end neither the cell nor the row. */
export function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|')).join(' | ')} |`;
}

/** Text as code in Markdown, whatever it holds. */
export function code(text: string): string {
  const line = text.replaceAll('\n', '\\n');
  return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``;
}
