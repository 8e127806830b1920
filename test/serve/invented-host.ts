/** A host without a machine: it takes `set` and `stop`, and tells what it is made to tell. */
import { LabError } from '../../src/base/errors.ts';
import type { Door } from '../../src/control/commands.ts';
import type { ControlledHost } from '../../src/control/host.ts';
import type { Change, HostState, StreamMessage } from '../../src/control/state.ts';
import { policyTypeOf, termsOf } from '../../src/policies.ts';
import type { ListedCommand } from '../../src/control/open-host.ts';
import type { Served } from '../../src/serve/served.ts';

export class InventedHost implements ControlledHost {
  readonly taken: { readonly command: unknown; readonly door: Door }[] = [];
  readonly changes: Change[] = [];
  readonly listeners = new Set<(message: StreamMessage) => void>();
  stateCalls = 0;
  /** called by `stop` */
  onStop: () => void = () => undefined;
  private readonly name: string;
  private readonly vms: readonly string[];

  constructor(name = 'lab', vms: readonly string[] = ['A', 'B']) {
    this.name = name;
    this.vms = vms;
  }

  async command(command: unknown, door: Door): Promise<Change> {
    await Promise.resolve();
    const { command: verb, vm = null, ...values } = command as Record<string, unknown>;
    if (verb !== 'set' && verb !== 'stop') {
      throw new LabError('BAD_OPTION', 'there is no such command', {
        where: 'command',
        expected: 'set, stop',
        got: String(verb),
        hint: "did you mean 'set'?",
      });
    }
    this.taken.push({ command, door });
    const change: Change = {
      number: this.changes.length + 1,
      command: verb,
      door,
      vm: vm as string | null,
      values,
      askedNs: 1e9,
      atNs: 1e9 + 1000,
      actsNs: 1e9 + 12e6,
      words: 'something is as it was asked for',
    };
    this.changes.push(change);
    this.tell({ kind: 'change', change });
    if (verb === 'stop') this.onStop();
    return change;
  }

  state(): Promise<HostState> {
    this.stateCalls++;
    return Promise.resolve(this.stateNow());
  }

  listen(listener: (message: StreamMessage) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  tell(message: StreamMessage): void {
    for (const listener of this.listeners) listener(message);
  }

  stateNow(): HostState {
    return {
      version: 1,
      name: this.name,
      machine: 'simulated',
      phase: 'running',
      nowNs: 1e9,
      scheduler: { type: 'credit', parameters: { tsliceNs: 30e6 } },
      terms: termsOf('credit'),
      parameters: { scheduler: [], vm: policyTypeOf('credit').vmParameters },
      workloads: ['primes'],
      schedulers: [],
      pcpus: [
        {
          cpu: 0,
          current: 'A/v0',
          queue: ['B/v0'],
          busyPercent: 100,
          othersPercent: null,
          ownThreadsPercent: null,
        },
      ],
      vms: this.vms.map((name, index) => ({
        id: index + 1,
        name,
        phase: 'running',
        parameters: { weight: 256, cap: 0 },
        workload: { spec: 'primes', size: null },
        startNs: 0,
        endNs: null,
        cpuNs: 5e8,
        sharePercent: 50,
        wholeSharePercent: 50,
        entitledPercent: 50,
        vcpus: [
          {
            id: `${name}/v0`,
            number: index,
            activity: 'running',
            pcpu: 0,
            cpuNs: 5e8,
            pin: null,
            readings: [-1, 100],
          },
        ],
      })),
      changes: this.changes.slice(-100),
      certificate: null,
    };
  }
}

export const SLICES: StreamMessage = {
  kind: 'slices',
  untilNs: 2e9,
  slices: [{ pcpu: 0, vcpu: 0, fromNs: 1e9, toNs: null, reason: 'sliceOver' }],
};
export const SHARES: StreamMessage = { kind: 'shares', atNs: 2e9, percent: [50, 50] };

const COMMANDS: readonly ListedCommand[] = [
  { name: 'create', does: 'A VM is prepared, and starts.', effect: 'when ready', schema: { type: 'object' } },
  {
    name: 'set',
    does: 'Change the weight and cap of a VM.',
    effect: 'next period',
    schema: { type: 'object' },
  },
  { name: 'stop', does: 'End the run.', effect: 'at once', schema: { type: 'object' } },
];

export function servedOf(host: ControlledHost, scenario = () => 'vms:\n  - name: A\n'): Served {
  return { host, commands: COMMANDS, scenario };
}
