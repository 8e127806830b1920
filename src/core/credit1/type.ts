import { Priority, tickPeriodNs } from './constants.ts';
import { Credit1 } from './credit1.ts';
import { PARAMETERS, VM_PARAMETERS } from './parameters.ts';
import type { PolicyType } from '../policy-type.ts';
import { completed } from '../parameters.ts';

export const creditType: PolicyType = {
  type: 'credit',
  description: "The first version of Xen's credit scheduler: shares by weight, limits by cap",
  parameters: PARAMETERS,
  vmParameters: VM_PARAMETERS,
  vcpuReadings: [
    {
      key: 'priority',
      unit: '',
      description: 'which vCPUs go first',
      kind: 'class',
      classes: [
        { value: Priority.boost, name: 'BOOST' },
        { value: Priority.under, name: 'UNDER' },
        { value: Priority.over, name: 'OVER' },
      ],
      idle: Priority.idle,
      initial: Priority.under,
    },
    {
      key: 'credit',
      unit: 'credits',
      description: 'what it may still run before it is OVER, 100 µs each',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
  ],
  vmReadings: [
    {
      key: 'active',
      unit: 'vCPUs',
      description: 'how many of its vCPUs take part in accounting',
      kind: 'level',
      idle: 0,
      initial: 0,
    },
  ],
  records: [],
  reasons: [],
  choices: [],
  create({ vms, parameters, ...machine }) {
    return new Credit1({
      ...machine,
      ...completed(PARAMETERS, parameters),
      vms: vms.map(({ parameters: own, vcpus }) => ({ ...completed(VM_PARAMETERS, own), vcpus })),
    });
  },
  /** Each tick that a waste lasts finds another vCPU that takes no part in accounting yet, save the last. */
  longestWasteNs(parameters, waiting) {
    return (waiting + 1) * tickPeriodNs(completed(PARAMETERS, parameters).tsliceNs);
  },
};
