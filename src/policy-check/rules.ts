/** What the check finds, each kind with a name, an exit code and words of its own. */
import { type FaultKind, FAULTS } from '../core/policy-fault.ts';

export type Rule =
  | FaultKind
  | 'idle'
  | 'starved'
  | 'refuses'
  | 'accepts'
  | 'allocates'
  | 'memory'
  | 'exits'
  | 'side-effects'
  | 'slow';

export interface RuleWords {
  readonly exitCode: number;
  /** what the policy did, as a clause */
  readonly title: string;
  /** what it should do, in a sentence or two */
  readonly rule: string;
}

export const RULES: Readonly<Record<Rule, RuleWords>> = {
  threw: {
    exitCode: 10,
    title: FAULTS.threw,
    rule:
      'No call throws, but for values that the policy refuses (a RangeError), and there were none. On real cores an ' +
      'error ends the run.',
  },
  endless: {
    exitCode: 11,
    title: FAULTS.endless,
    rule: 'Every call returns, and soon: while the policy computes, nobody is scheduled.',
  },
  restless: {
    exitCode: 12,
    title: FAULTS.restless,
    rule:
      'A timer that has fired is due later the next time, and a pCPU that has decided no longer asks to. Else the ' +
      'policy is called again and again, and the clock stands still.',
  },
  nonsense: {
    exitCode: 13,
    title: FAULTS.nonsense,
    rule: 'Times are numbers; vCPUs and pCPUs are whole numbers of those that there are, or -1 (IDLE) for none.',
  },
  twice: {
    exitCode: 14,
    title: FAULTS.twice,
    rule: 'A vCPU is on one pCPU at a time.',
  },
  'not-runnable': {
    exitCode: 15,
    title: FAULTS['not-runnable'],
    rule: 'A vCPU runs only if it was woken, and has not blocked since then, and its VM is neither paused nor gone.',
  },
  pinned: {
    exitCode: 16,
    title: FAULTS.pinned,
    rule: 'A vCPU with a pin runs on the pCPUs of its pin, and on no other.',
  },
  forgotten: {
    exitCode: 17,
    title: FAULTS.forgotten,
    rule:
      'A vCPU that can run runs or waits in the queue of one pCPU, and does not wait for ever while a pCPU idles ' +
      'where it may run.',
  },
  idle: {
    exitCode: 18,
    title: 'it let a pCPU idle while a vCPU waited for it',
    rule:
      'While a vCPU waits, no pCPU idles where it may run for longer than the policy says itself (longestWasteNs, ' +
      'by default not at all).',
  },
  starved: {
    exitCode: 19,
    title: 'it let a vCPU starve',
    rule: 'Turns end: with equal parameters everybody comes to run, and finite work is done some time.',
  },
  refuses: {
    exitCode: 20,
    title: 'it refused what it declares',
    rule: 'Machines and VMs of any size, and all values within the declared ranges, are accepted.',
  },
  accepts: {
    exitCode: 21,
    title: 'it accepted what it must refuse',
    rule: 'A value outside of its declared range, an unknown one, or a machine that cannot be is a RangeError.',
  },
  untrue: {
    exitCode: 22,
    title: FAULTS.untrue,
    rule:
      'What a policy shows (current, pcpuOf, queueOf, readings) and tells its trace is what it does: tables, ' +
      'pictures and explanations are made of it.',
  },
  unsteady: {
    exitCode: 23,
    title: FAULTS.unsteady,
    rule:
      'The same calls have the same results. Time comes as an argument, chance from a seed, and what is remembered ' +
      'lies in the object that create() makes.',
  },
  allocates: {
    exitCode: 24,
    title: 'it allocates memory with each decision',
    rule:
      "A policy allocates when it is created, and then no more: else the scheduler's thread stops now and then to " +
      'collect garbage, at the cost of whoever runs. filter(), map(), [...list], {} and functions in choose() or ' +
      'begin() make new objects; typed arrays and LinkedLists that the constructor makes do not.',
  },
  memory: {
    exitCode: 25,
    title: 'it used up the memory',
    rule: 'What a policy keeps is bounded by its numbers of pCPUs and vCPUs, however long it runs.',
  },
  exits: {
    exitCode: 26,
    title: 'it ended the process',
    rule: 'A policy leaves the process alone.',
  },
  'side-effects': {
    exitCode: 27,
    title: 'it does something beside scheduling',
    rule: 'A policy prints nothing, starts no timers and no promises, reads no files: it computes.',
  },
  slow: {
    exitCode: 28,
    title: 'it takes too long to decide',
    rule: 'A call takes some microseconds: while the policy computes, nobody is scheduled.',
  },
};
