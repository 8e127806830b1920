/**
 * `xl top`, as xentop: a live table, or with -b blocks of lines for programs, in xentop's columns. What VMs don't have
 * here is 0 in those columns, and left out in the live table, which has what the scheduler goes by in its place.
 */
import { LabError } from '../base/errors.ts';
import type { HostState, VmState } from '../control/state.ts';
import type { Call, Terminal, XlCommand } from './command.ts';
import { activityOf, lines, seconds } from './list.ts';
import { domainsOf } from './domains.ts';

const NO_DEVICES = 'VMs have no devices';
const SHORTEST_S = 0.1;
const LONGEST_S = 3600;

export const top: XlCommand = {
  name: 'top',
  does: 'Watch the domains, as xentop does',
  operands: [],
  options: [
    { short: 'b', long: 'batch', does: 'print blocks of lines, with all columns of xentop, for programs' },
    { short: 'd', long: 'delay', takes: 'seconds', does: 'between two of them (default: 3)' },
    { short: 'i', long: 'iterations', takes: 'n', does: 'end after so many (default: never)' },
    { short: 'f', long: 'full-name', does: 'print names that are longer than ten characters in full' },
    { short: 'r', long: 'repeat-header', does: 'repeat the header before each domain' },
    { short: 'v', long: 'vcpus', does: 'also list the CPU time of each vCPU' },
    { short: 'n', long: 'networks', does: 'network interfaces, too', refusal: NO_DEVICES },
    { short: 'x', long: 'vbds', does: 'disks, too', refusal: NO_DEVICES },
    { short: 'z', long: 'dom0-first', does: 'Domain-0 first', refusal: 'there is no Domain-0' },
  ],
  // It goes on, and needs a terminal.
  isQuick: false,
  async run(call) {
    const { options } = call.given;
    const settings: Settings = {
      delayMs: 1000 * numberOf(call, 'delay', SHORTEST_S, LONGEST_S, 3),
      iterations: numberOf(call, 'iterations', 1, Number.MAX_SAFE_INTEGER, Infinity),
      hasFullNames: options.has('full-name'),
      repeatsHeader: options.has('repeat-header'),
      hasVcpus: options.has('vcpus'),
    };
    const { terminal } = call.world;
    if (options.has('batch')) await inBlocks(call, settings);
    else if (terminal !== null) await live(call, settings, terminal);
    else
      throw new LabError('BAD_OPTION', 'standard output is no terminal', { where: 'top', hint: 'xl top -b' });
  },
};

interface Settings {
  readonly delayMs: number;
  readonly iterations: number;
  readonly hasFullNames: boolean;
  readonly repeatsHeader: boolean;
  readonly hasVcpus: boolean;
}

function numberOf({ given }: Call, option: string, min: number, max: number, otherwise: number): number {
  const text = given.options.get(option);
  if (text === undefined) return otherwise;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max && (option !== 'iterations' || Number.isInteger(value))) return value;
  const expected =
    option === 'iterations' ? 'a whole number from 1 on' : `${String(min)} to ${String(max)} s`;
  throw new LabError('BAD_OPTION', 'not a number that this option takes', {
    where: `--${option}`,
    expected,
    got: `'${text}'`,
  });
}

/** A domain, and how much of a pCPU it had since the one before; at first in the last second. */
interface Sample {
  readonly vm: VmState;
  readonly percent: number;
}

class Sampler {
  private nowNs = NaN;
  private cpuNs = new Map<number, number>();

  next(state: HostState): Sample[] {
    const passedNs = state.nowNs - this.nowNs;
    const samples = domainsOf(state).map((vm) => {
      const before = this.cpuNs.get(vm.id);
      const isKnown = before !== undefined && passedNs > 0;
      return { vm, percent: isKnown ? ((vm.cpuNs - before) / passedNs) * 100 : vm.sharePercent };
    });
    this.nowNs = state.nowNs;
    this.cpuNs = new Map(samples.map(({ vm }) => [vm.id, vm.cpuNs]));
    return samples;
  }
}

interface Column {
  readonly title: string;
  readonly width: number;
  text(this: void, sample: Sample): string;
}

const zero = (title: string, width: number, text = '0'): Column => ({ title, width, text: () => text });

const STATE: Column = { title: 'STATE', width: 6, text: ({ vm }) => topState(vm) };
const CPU_SECONDS: Column = { title: 'CPU(sec)', width: 10, text: ({ vm }) => (vm.cpuNs / 1e9).toFixed(0) };
const CPU_PERCENT: Column = { title: 'CPU(%)', width: 6, text: ({ percent }) => percent.toFixed(1) };
const VCPUS: Column = { title: 'VCPUS', width: 5, text: ({ vm }) => String(vm.vcpus.length) };

const BATCH_COLUMNS: readonly Column[] = [
  STATE,
  CPU_SECONDS,
  CPU_PERCENT,
  zero('MEM(k)', 10),
  zero('MEM(%)', 6, '0.0'),
  zero('MAXMEM(k)', 10),
  zero('MAXMEM(%)', 9, '0.0'),
  VCPUS,
  zero('NETS', 4),
  zero('NETTX(k)', 8),
  zero('NETRX(k)', 8),
  zero('VBDS', 4),
  zero('VBD_OO', 8),
  zero('VBD_RD', 8),
  zero('VBD_WR', 8),
  zero('VBD_RSECT', 10),
  zero('VBD_WSECT', 10),
  zero('SSID', 4),
];

const NAME_WIDTH = 10;

function header(columns: readonly Column[], nameWidth: number): string {
  return [{ title: 'NAME', width: nameWidth }, ...columns]
    .map(({ title, width }) => title.padStart(width))
    .join(' ');
}

function row(sample: Sample, columns: readonly Column[], nameWidth: number, isFull: boolean): string {
  const { name } = sample.vm;
  const shown = isFull ? name : name.slice(0, NAME_WIDTH);
  return [shown.padStart(nameWidth), ...columns.map(({ width, text }) => text(sample).padStart(width))].join(
    ' ',
  );
}

/** dying, shut down, blocked, crashed, paused, running: xentop has another order than `xl list` */
function topState(vm: VmState): string {
  const { isRunning, isBlocked, isPaused, isDone, isCrashed } = activityOf(vm);
  const mark = (letter: string, is: boolean): string => (is ? letter : '-');
  return [
    '-',
    mark('s', isDone),
    mark('b', isBlocked),
    mark('c', isCrashed),
    mark('p', isPaused),
    mark('r', isRunning),
  ].join('');
}

function vcpuLine({ vcpus }: VmState): string {
  const each = vcpus.map(
    ({ cpuNs }, i) => ` ${String(i).padStart(3)}: ${(cpuNs / 1e9).toFixed(0).padStart(10)}s`,
  );
  return `VCPUs(sec):${each.join('')}`;
}

async function inBlocks({ world, host }: Call, settings: Settings): Promise<void> {
  const connected = await host();
  const sampler = new Sampler();
  const head = header(BATCH_COLUMNS, NAME_WIDTH);
  for (let i = 0; i < settings.iterations; i++) {
    if (i > 0) await world.sleep(settings.delayMs);
    const blocks = sampler
      .next(await connected.state())
      .flatMap((sample, index) => [
        ...(settings.repeatsHeader && index > 0 ? [head] : []),
        row(sample, BATCH_COLUMNS, NAME_WIDTH, settings.hasFullNames),
        ...(settings.hasVcpus ? [vcpuLine(sample.vm)] : []),
      ]);
    world.out(lines([head, ...blocks]));
  }
}

type Order = 'ID' | 'name' | 'CPU(%)' | 'CPU(sec)';
const ORDERS: Readonly<Record<Order, (a: Sample, b: Sample) => number>> = {
  ID: (a, b) => a.vm.id - b.vm.id,
  name: (a, b) => a.vm.name.localeCompare(b.vm.name),
  'CPU(%)': (a, b) => b.percent - a.percent,
  'CPU(sec)': (a, b) => b.vm.cpuNs - a.vm.cpuNs,
};

const SCREEN = { begin: '\x1b[?1049h\x1b[?25l', home: '\x1b[H', restOfLine: '\x1b[K', rest: '\x1b[J' };
const SCREEN_END = '\x1b[?25h\x1b[?1049l';
const QUIT = ['q', 'Q', '\x03', '\x1b'];

async function live({ world, host }: Call, settings: Settings, terminal: Terminal): Promise<void> {
  const connected = await host();
  const sampler = new Sampler();
  const orders = Object.keys(ORDERS) as Order[];
  let { hasVcpus } = settings;
  let order = 0;
  let isOver = false;
  let wake = (): void => undefined;
  let samples: Sample[] = [];
  let state = await connected.state();
  const draw = (): void => {
    const by = orders[order];
    const sorted = samples.toSorted((a, b) => ORDERS[by](a, b));
    world.out(SCREEN.home + picture(state, sorted, { ...settings, hasVcpus }, by, terminal) + SCREEN.rest);
  };
  const stopListening = terminal.listen((key) => {
    if (QUIT.includes(key)) isOver = true;
    else if (key === 'v' || key === 'V') hasVcpus = !hasVcpus;
    else if (key === 's' || key === 'S') order = (order + 1) % orders.length;
    if (isOver) wake();
    else draw();
  });
  world.out(SCREEN.begin);
  try {
    for (let i = 0; i < settings.iterations && !isOver; i++) {
      if (i > 0) {
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([world.sleep(settings.delayMs), woken]);
        if (isOver) break;
        state = await connected.state();
      }
      samples = sampler.next(state);
      draw();
    }
  } finally {
    stopListening();
    world.out(SCREEN_END);
  }
}

function picture(
  state: HostState,
  samples: readonly Sample[],
  { hasVcpus, hasFullNames }: Settings,
  order: Order,
  { columns: width, rows }: Terminal,
): string {
  const columns = liveColumns(state);
  const nameWidth = Math.max(NAME_WIDTH, ...samples.map(({ vm }) => (hasFullNames ? vm.name.length : 0)));
  const texts = [
    `xl top - ${seconds(state.nowNs, 0)} s   host ${state.name} (${state.machine}), scheduler ${state.scheduler.type}`,
    totals(samples),
    pcpuLine(state),
    header(columns, nameWidth),
    ...samples.flatMap((sample) => [
      row(sample, columns, nameWidth, hasFullNames),
      ...(hasVcpus ? [vcpuLine(sample.vm)] : []),
    ]),
  ];
  const keys = `v vCPUs   s sort order (${order})   q quit`;
  const shown = [...texts.slice(0, Math.max(0, rows - 1)), keys];
  return shown.map((text) => text.slice(0, width) + SCREEN.restOfLine).join('\r\n');
}

/** What a VM's scheduler goes by, and what it is entitled to. */
function liveColumns({ vms }: HostState): Column[] {
  const fields = [...new Set(vms.flatMap(({ parameters }) => Object.keys(parameters)))];
  const percentText = (percent: number | null): string => (percent === null ? '-' : percent.toFixed(1));
  return [
    STATE,
    CPU_SECONDS,
    CPU_PERCENT,
    { title: 'ENTITLED(%)', width: 11, text: ({ vm }) => percentText(vm.entitledPercent) },
    VCPUS,
    ...fields.map((field) => ({
      title: field.toUpperCase(),
      width: Math.max(6, field.length),
      text: ({ vm }: Sample) => String(vm.parameters[field] ?? '-'),
    })),
    { title: 'WORKLOAD', width: 12, text: ({ vm }) => vm.workload.spec.slice(-12) },
  ];
}

function totals(samples: readonly Sample[]): string {
  const states = samples.map(({ vm }) => activityOf(vm));
  const count = (is: (state: ReturnType<typeof activityOf>) => boolean): string =>
    String(states.filter(is).length);
  return (
    `${String(samples.length)} domains: ${count((s) => s.isRunning)} running, ` +
    `${count((s) => s.isBlocked)} blocked, ${count((s) => s.isPaused)} paused, ` +
    `${count((s) => s.isCrashed)} crashed, 0 dying, ${count((s) => s.isDone)} shutdown`
  );
}

function pcpuLine({ pcpus }: HostState): string {
  return `CPUs: ${pcpus.map(({ cpu, busyPercent }) => `${String(cpu)} ${busyPercent.toFixed(0)} %`).join(', ')} busy`;
}
