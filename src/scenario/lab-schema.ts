/**
 * A lab file: one scenario, and rows that each run it with other weights and caps.
 *
 *     title: …
 *     scenario: { pcpus: 1, vms: [{ name: A, work: 1s }, { name: B, work: 1s }] }
 *     rows:
 *       - { label: A alone, vms: [{ name: A }] }
 *       - { label: "1:2",   vms: [{ name: A, weight: 256 }, { name: B, weight: 512 }] }
 *
 * A row runs only the VMs that it names.
 */
import { z } from 'zod';
import { cap, vmName, weight } from './fields.ts';
import { text } from './leaf.ts';
import { scenarioSchema } from './schema.ts';

const rowSchema = z.strictObject({
  label: text('label', 'Names the row in tables.', 40),
  vms: z.array(z.strictObject({ name: vmName, weight: weight.optional(), cap: cap.optional() })).meta({
    minItems: 1,
    description: "The scenario's VMs that take part, with this row's weights and caps.",
  }),
});

export const labSchema = z
  .strictObject({
    title: text('title', 'One line that says what the lab shows.', 100),
    description: text('description', 'What to look for.', 4096, true).optional(),
    scenario: scenarioSchema.omit({ name: true, description: true }),
    rows: z.array(rowSchema).meta({ minItems: 1, description: 'One run each.' }),
  })
  .meta({
    title: 'creditlab lab',
    description: 'A scenario that runs several times with other weights and caps.',
  });

export type LabInput = z.output<typeof labSchema>;
