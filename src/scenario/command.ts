/**
 * What can be done to a run, as people and programs write it: `{ command: 'set', vm: 'A', weight: 512 }`. An event of a
 * scenario file is the same with a time (event-command.ts), and resolve-command.ts says what either means.
 */
import { z } from 'zod';
import { pinOrAll, vmReference } from './fields.ts';
import { perPolicies } from './per-policies.ts';
import {
  createdVmSchema,
  markText,
  schedulerSchema,
  tunableFields,
  vcpuNumber,
  vmParameterFields,
  workloadFields,
  workloadName,
} from './schema.ts';

/** By command: what it is given. Values are read by the same functions as in scenario files. */
export const commandSchemas = perPolicies(() => ({
  create: z.strictObject({ command: z.literal('create'), vm: createdVmSchema() }),
  destroy: z.strictObject({ command: z.literal('destroy'), vm: vmReference }),
  pause: z.strictObject({ command: z.literal('pause'), vm: vmReference }),
  unpause: z.strictObject({ command: z.literal('unpause'), vm: vmReference }),
  set: z.strictObject({ command: z.literal('set'), vm: vmReference, ...vmParameterFields() }),
  pin: z.strictObject({ command: z.literal('pin'), vm: vmReference, vcpu: vcpuNumber, pin: pinOrAll }),
  workload: z.strictObject({
    command: z.literal('workload'),
    vm: vmReference,
    ...workloadFields,
    workload: workloadName,
  }),
  tune: z.strictObject({ command: z.literal('tune'), scheduler: tunableFields() }),
  mark: z.strictObject({ command: z.literal('mark'), text: markText }),
  rerun: z.strictObject({ command: z.literal('rerun'), scheduler: schedulerSchema().optional() }),
  stop: z.strictObject({ command: z.literal('stop') }),
}));

type CommandSchemas = ReturnType<typeof commandSchemas>;

export type CommandName = keyof CommandSchemas;

export const COMMAND_NAMES = Object.keys(commandSchemas()) as readonly CommandName[];

/** A command whose values have been read one by one. */
export type CommandInput = { [Name in CommandName]: z.output<CommandSchemas[Name]> }[CommandName];

export type CommandInputOf<Name extends CommandName> = CommandInput & { readonly command: Name };
