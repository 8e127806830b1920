/** A host without a machine: CPUs 2, 3 and 5, and three VMs that tests may change. It keeps what it was told. */
import { LabError } from '../../src/base/errors.ts';
import type { Change, HostState, VcpuState, VmState } from '../../src/control/state.ts';
import { termsOf } from '../../src/policies.ts';
import type { Terminal, World, XlHost } from '../../src/xl/command.ts';
import { xl } from '../../src/xl/xl.ts';

export type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export class InventedHost implements XlHost {
  readonly commands: Record<string, unknown>[] = [];
  stateCalls = 0;
  /** called before each answer */
  beforeState: () => void = () => undefined;
  readonly state_: Writable<HostState> & { vms: Writable<VmState>[] };

  constructor() {
    this.state_ = {
      version: 1,
      name: 'lab',
      machine: 'simulated',
      phase: 'running',
      nowNs: 12e9,
      scheduler: { type: 'credit', parameters: { tsliceNs: 30e6, ratelimitNs: 1e6, migrationDelayNs: 0 } },
      terms: termsOf('credit'),
      parameters: { scheduler: [], vm: [] },
      schedulers: [],
      workloads: [],
      pcpus: [
        { ...pcpu(2), current: 'A/v0', queue: ['web/v1'] },
        { ...pcpu(3), current: 'web/v0', queue: [] },
        { ...pcpu(5), current: null, queue: [] },
      ],
      vms: [
        vm(1, 'A', [vcpu('A/v0', { activity: 'running', cpuNs: 12_340e6, readings: [-1, -30] })]),
        vm(2, 'web', [
          vcpu('web/v0', { activity: 'running', pcpu: 1, cpuNs: 3e9, pin: [2, 3], readings: [0, 120] }),
          vcpu('web/v1', { activity: 'waiting', cpuNs: 1e9, pin: [2, 3, 5], readings: [-2, -150] }),
        ]),
        vm(3, 'idler', [vcpu('idler/v0', { activity: 'parked', pcpu: 2, cpuNs: 0, readings: [-2, -300] })]),
      ],
      changes: [],
      certificate: null,
    };
    Object.assign(this.state_.vms[1], {
      parameters: { weight: 512, cap: 150 },
      cpuNs: 4e9,
      sharePercent: 33.3,
    });
    Object.assign(this.state_.vms[2], { parameters: { weight: 256, cap: 5 } });
  }

  get last(): Record<string, unknown> | undefined {
    return this.commands.at(-1);
  }

  vm(name: string): Writable<VmState> {
    const found = this.state_.vms.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  }

  state(): Promise<HostState> {
    this.stateCalls++;
    this.beforeState();
    return Promise.resolve(structuredClone(this.state_));
  }

  command(command: object): Promise<Change> {
    const told = command as Record<string, unknown>;
    this.commands.push(told);
    if (told.command === 'create' && (told.vm as { name?: unknown }).name === undefined) {
      return Promise.reject(new LabError('BAD_SCENARIO', 'name is missing', { where: 'vm' }));
    }
    if (told.command === 'set' && typeof told.weight === 'number') {
      const { parameters } = this.vm(String(told.vm));
      Object.assign(this.vm(String(told.vm)), { parameters: { ...parameters, weight: told.weight } });
      Object.assign(this.vm('A'), { entitledPercent: 80 });
    }
    const created = told.vm as { readonly name: string } | string | undefined;
    return Promise.resolve({
      number: this.commands.length,
      command: told.command as Change['command'],
      door: 'command',
      vm: typeof created === 'object' ? created.name : (created ?? null),
      values: {},
      askedNs: 12e9,
      atNs: 12e9,
      actsNs: 12.012e9,
      words: 'something is otherwise from the next accounting on, in 12 ms',
    });
  }
}

function pcpu(cpu: number) {
  return { cpu, busyPercent: 99.6, othersPercent: null, ownThreadsPercent: null };
}

export function vcpu(id: string, values: Partial<VcpuState>): VcpuState {
  return { id, number: 0, activity: 'waiting', pcpu: 0, cpuNs: 0, pin: null, readings: [-1, 0], ...values };
}

export function vm(id: number, name: string, vcpus: readonly VcpuState[]): Writable<VmState> {
  return {
    id,
    name,
    phase: 'running',
    parameters: { weight: 256, cap: 0 },
    workload: { spec: 'primes', size: null },
    startNs: 0,
    endNs: null,
    cpuNs: vcpus.reduce((sum, { cpuNs }) => sum + cpuNs, 0),
    sharePercent: 66.7,
    wholeSharePercent: 66.7,
    entitledPercent: 66.7,
    vcpus,
  };
}

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** how long it slept each time, ms */
  readonly slept: readonly number[];
}

export interface Around {
  readonly directory?: string;
  readonly terminal?: Terminal;
  /** instead of the invented host */
  readonly connect?: World['connect'];
  readonly onSleep?: (ms: number) => void;
}

/** Run the tool. @param line arguments with spaces between them, or a list */
export async function run(
  line: string | readonly string[],
  host: XlHost = new InventedHost(),
  around: Around = {},
): Promise<Outcome> {
  const args = typeof line === 'string' ? line.split(' ').filter((arg) => arg !== '') : line;
  let out = '';
  let err = '';
  const slept: number[] = [];
  const code = await xl(args, {
    connect: around.connect ?? (() => Promise.resolve(host)),
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    directory: around.directory ?? '.',
    terminal: around.terminal ?? null,
    sleep: (ms) => {
      slept.push(ms);
      around.onSleep?.(ms);
      return Promise.resolve();
    },
  });
  return { code, out, err, slept };
}
