/** `xl vcpu-pin DOMAIN VCPU|all HARD [SOFT]` */
import { LabError } from '../base/errors.ts';
import type { XlCommand } from './command.ts';
import { xenCpuList } from './cpu-list.ts';
import { domainNamed } from './domains.ts';
import { change } from './explain.ts';

export const vcpuPin: XlCommand = {
  name: 'vcpu-pin',
  does: 'Say on which host CPUs a vCPU, or all of a domain, may run',
  operands: [
    { name: 'Domain' },
    { name: 'VCPU|all' },
    { name: 'CPUs|-|all' },
    { name: 'soft CPUs|-|all', isOptional: true },
  ],
  options: [
    {
      short: 'f',
      long: 'force',
      does: 'undo a temporary pin',
      refusal: 'nobody else pins vCPUs for a time',
    },
  ],
  isQuick: true,
  async run(call) {
    const [domain, vcpuText, hard, soft = '-'] = call.given.operands;
    if (soft !== '-' && soft !== 'all') {
      throw new LabError(
        'NOT_SUPPORTED',
        `soft affinity is Xen's, and not here: a CPU is allowed or it isn't`,
        {
          where: 'vcpu-pin',
          got: `'${soft}'`,
        },
      );
    }
    const state = await (await call.host()).state();
    const vm = domainNamed(state, domain);
    const vcpu = vcpuNumber(vcpuText);
    if (vcpu !== null && vcpu >= vm.vcpus.length) {
      throw new LabError('BAD_OPTION', `${vm.name} has no VCPU ${String(vcpu)}`, {
        where: 'vcpu-pin',
        expected: vm.vcpus.length === 1 ? '0' : `0 to ${String(vm.vcpus.length - 1)}`,
      });
    }
    const cpus = state.pcpus.map(({ cpu }) => cpu);
    if (hard === '-') return;
    const pin = hard === 'all' ? 'all' : xenCpuList(hard, cpus);
    await change(call, { command: 'pin', vm: vm.name, ...(vcpu !== null && { vcpu }), pin });
  },
};

/** null: all of them */
function vcpuNumber(text: string): number | null {
  if (text === 'all') return null;
  if (/^\d+$/.test(text)) return Number(text);
  throw new LabError('BAD_OPTION', `Error: Invalid argument ${text} as VCPU.`);
}
