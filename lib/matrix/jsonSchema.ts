import { z } from 'zod';
import { matrixSchema } from './schema.ts';

/** The text of `schemas/distros.schema.json` (JSON Schema draft 2020-12), for editors. */
export function matrixJsonSchema(): string {
  const schema = z.toJSONSchema(matrixSchema, { io: 'input' });
  const titled = { ...schema, title: 'distros.yaml', description: 'What platform-marker verifies.' };
  return JSON.stringify(titled, null, 2) + '\n';
}
