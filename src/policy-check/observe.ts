import type { Policy } from '../core/policy.ts';
import { PolicyFault, shown } from '../core/policy-fault.ts';
import type { BlackBox } from './black-box.ts';

/** The calls that are told an instant, and the place of it among their arguments. */
const TIMED = {
  fireTimer: 0,
  schedule: 1,
  startVm: 1,
  destroyVm: 1,
  pinVcpu: 2,
  wake: 1,
  block: 1,
  yieldVcpu: 1,
  pauseVm: 1,
  unpauseVm: 1,
  setVm: 2,
  tune: 1,
} as const satisfies Partial<Record<keyof Policy, number>>;

/** Questions that change nothing. */
const ASKED = ['nextTimerNs', 'nextTimerPcpu', 'nextResched'] as const satisfies readonly (keyof Policy)[];

type Methods = Record<string, (...args: unknown[]) => unknown>;

/**
 * From now on the black box has the instant of each call and the decisions, and a question is asked twice: whoever
 * answers it by the clock or by chance is found out.
 * @param policy as guarded() made it
 */
export function observe(policy: Policy, box: BlackBox): void {
  const methods = policy as unknown as Methods;
  for (const [name, place] of Object.entries(TIMED)) {
    const call = methods[name].bind(policy);
    methods[name] = (...args) => {
      box.at(args[place] as number);
      return call(...args);
    };
  }
  const schedule = policy.schedule.bind(policy);
  policy.schedule = (pcpu, nowNs, currentCpuNs) => {
    try {
      return schedule(pcpu, nowNs, currentCpuNs);
    } finally {
      // Also one that is found to be wrong: it is what the picture is to show.
      box.decided(nowNs, pcpu, policy.current[pcpu]);
    }
  };
  for (const name of ASKED) {
    const ask = policy[name].bind(policy);
    policy[name] = () => {
      const [first, again] = [ask(), ask()];
      if (first === again) return first;
      throw new PolicyFault('unsteady', `${name}() is ${shown(first)}, and asked once more ${shown(again)}`);
    };
  }
}
