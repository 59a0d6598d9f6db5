import { z } from 'zod';
import { matrixSchema } from './schema.ts';

/** The text of `schemas/distros.schema.json`, for editors: those that speak YAML know no JSON Schema above draft 7. */
export function matrixJsonSchema(): string {
  const schema = z.toJSONSchema(matrixSchema, { io: 'input', target: 'draft-7' });
  const titled = { ...schema, title: 'distros.yaml', description: 'What platform-marker verifies.' };
  return JSON.stringify(titled, null, 2) + '\n';
}
