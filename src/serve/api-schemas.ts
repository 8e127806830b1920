import { z } from 'zod';
import type { ListedCommand } from '../control/open-host.ts';
import { changeSchema, errorSchema, hostStateSchema, streamMessageSchema } from './state-schema.ts';

/** The answer to `GET /api/schema`: JSON Schemas of what is told and taken. */
export function apiSchemas(commands: readonly ListedCommand[]): object {
  return {
    version: 1,
    state: jsonSchema(hostStateSchema),
    stream: jsonSchema(streamMessageSchema),
    change: jsonSchema(changeSchema),
    error: jsonSchema(errorSchema),
    commands: Object.fromEntries(commands.map(({ name, schema }) => [name, schema])),
  };
}

const jsonSchema = (schema: z.ZodType): object => z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
