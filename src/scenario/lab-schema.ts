/**
 * A lab file: one scenario, and rows that each run it with other weights, caps or parameters of the scheduler.
 *
 *     title: …
 *     scenario: { pcpus: 1, vms: [{ name: A, work: 1s }, { name: B, work: 1s }] }
 *     rows:
 *       - { label: A alone, vms: [{ name: A }] }
 *       - { label: "1:2",   vms: [{ name: A, weight: 256 }, { name: B, weight: 512 }] }
 *
 * A row runs only the VMs that it names. Its `scheduler` changes only the parameters that it gives.
 */
import { z } from 'zod';
import { vmName } from './fields.ts';
import { labTextFields } from './lab-texts.ts';
import { text } from './leaf.ts';
import { perPolicies } from './per-policies.ts';
import { scenarioFileSchema, vmParameterFields } from './schema.ts';

const rowSchema = () =>
  z.strictObject({
    label: text('label', 'Names the row in tables.', 40),
    vms: z.array(z.strictObject({ name: vmName, ...vmParameterFields() })).meta({
      minItems: 1,
      description: "The scenario's VMs that take part, with this row's weights and caps.",
    }),
    ...scenarioFileSchema().pick({ pcpus: true, duration: true, scheduler: true }).shape,
  });

export const labSchema = perPolicies(() =>
  z
    .strictObject({
      title: text('title', 'One line that says what the lab shows.', 100),
      description: text('description', 'What is run.', 4096, true).optional(),
      ...labTextFields,
      scenario: scenarioFileSchema().omit({
        name: true,
        description: true,
        question: true,
        predict: true,
        look: true,
        explanation: true,
      }),
      rows: z.array(rowSchema()).meta({ minItems: 1, description: 'One run each.' }),
    })
    .meta({
      title: 'creditlab lab',
      description: 'A scenario that runs several times with other weights, caps or scheduler parameters.',
    }),
);

export type LabInput = z.output<ReturnType<typeof labSchema>>;
