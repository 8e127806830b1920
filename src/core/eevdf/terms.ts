/** What the numbers of EEVDF mean: its readings, the records that only it makes, its reasons and choices. */
import { FAIR_VM_READINGS, LOAD_READING } from '../fair/readings.ts';
import { FAIR_CHOICES, FAIR_REASONS } from '../fair/reason.ts';
import type { PolicyTerms } from '../policy-terms.ts';
import { Choice } from '../reason.ts';

/** Where EEVDF writes what it reads of a vCPU. */
export const VcpuReading = { lag: 0, deadline: 1, vruntime: 2, load: 3 } as const;

/** The records that only EEVDF makes, by their places in its terms. */
export const Own = { place: 0 } as const;

export const EEVDF_TERMS: PolicyTerms = {
  type: 'eevdf',
  vcpuReadings: [
    {
      key: 'lag',
      unit: 'ms',
      description: 'CPU time that it is owed; below 0 it has had too much, and is not eligible',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
    {
      key: 'deadline',
      unit: 'ms',
      description:
        'the virtual time by which its request is to be served; of the eligible the earliest goes first',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
    {
      key: 'vruntime',
      unit: 'ms',
      description: 'what it has run, in virtual time',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
    LOAD_READING,
  ],
  vmReadings: FAIR_VM_READINGS,
  records: [
    {
      kind: 'place',
      fields: ['vcpu', 'vruntime', 'deadline'],
      description:
        'it comes, and its virtual time is put by its lag from that of the pCPU; it makes a request',
    },
  ],
  reasons: FAIR_REASONS,
  choices: FAIR_CHOICES.map((choice) =>
    choice.value === Choice.queue
      ? { ...choice, words: 'of the eligible on the pCPU its deadline was the earliest' }
      : choice,
  ),
};
