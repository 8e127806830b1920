/**
 * The hypervisor thread: runs the loop, and nothing else while a run is under way. Commands come by message and are
 * taken synchronously, so the thread never returns to its event loop before the run is over.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { dataOf, type ErrorData } from '../base/error-data.ts';
import { LabError } from '../base/errors.ts';
import { loadPolicyType } from '../policy-file/load.ts';
import { Histogram, type Distribution } from '../analysis/histogram.ts';
import { DEFAULT_POLICY_TYPE, policyTypeOf } from '../policies.ts';
import type { Reserve } from '../core/policy-type.ts';
import type { Plan } from '../scenario/plan.ts';
import type { LoopEnd } from '../machine/loop.ts';
import { TraceRing } from '../trace/ring.ts';
import { Conductor, countVcpus } from './conductor.ts';
import { FIFO_PRIORITY, loadNative, readStats, SchedClass, VcpuField } from '../addon/native.ts';
import { rehearse, rehearsePolicy } from './rehearsal.ts';
import { HYPERVISOR_SLICE_NS } from './slices.ts';
import { readAllowedCpus } from '../cpus/read-host-cpus.ts';
import { Scoreboard } from './scoreboard.ts';

export interface HypervisorData {
  /** where commands arrive */
  readonly commands: MessagePort;
  /** where the guard of a policy from a file tells which call is under way */
  readonly pulse: SharedArrayBuffer;
}

export interface RunRequest {
  readonly run: number;
  readonly plan: Plan;
  readonly scoreboard: SharedArrayBuffer;
  readonly paranoid: boolean;
  /** how many VMs and vCPUs may come later; the scoreboard has room for them */
  readonly reserve: Reserve;
  /** of a TraceRing; null: the intent isn't recorded */
  readonly trace: SharedArrayBuffer | null;
}

export type HypervisorRequest =
  | ({ readonly kind: 'run' } & RunRequest)
  /** @param module file URL of a policy from a file; null: it is built in */
  | { readonly kind: 'rehearse'; readonly type: string; readonly module: string | null };

export type HypervisorReply =
  | { readonly kind: 'ready'; readonly realtime: boolean; readonly lateness: Distribution }
  | { readonly kind: 'rehearsed' }
  | { readonly kind: 'ended'; readonly end: LoopEnd }
  /** the policy, which is from a file, broke; every vCPU was released */
  | { readonly kind: 'broken'; readonly error: ErrorData };

/** After the end, how long the last holders get to reach a safe point, so that their last slice is recorded. */
const SETTLE_NS = 20e6;
const SETTLE_LOOK_NS = 200e3;
/** Together 50 ms. */
const WAITS = 50;
const WAIT_NS = 1e6;

const native = loadNative();
const { commands, pulse } = workerData as HypervisorData;

function becomePunctual(): boolean {
  native.setThreadName('hypervisor');
  native.sharpenTimers();
  if (process.env.CREDITLAB_REALTIME !== '0' && native.setSchedClass(SchedClass.fifo, FIFO_PRIORITY, 0) === 0)
    return true;
  native.setSchedClass(SchedClass.other, 0, HYPERVISOR_SLICE_NS);
  return false;
}

/**
 * Off the pCPUs, where the host has other CPUs: there it takes no time from the vCPUs, nor they from it. Anew for each
 * run, because CPUs come and go.
 */
function settleDown(pcpus: readonly number[]): void {
  const allowedCpus = readAllowedCpus();
  const others = allowedCpus.filter((cpu) => !pcpus.includes(cpu));
  const cpus = Int32Array.from(others.length > 0 ? others : allowedCpus);
  // A CPU may have gone in this very instant. The thread then stays where it may be, and the host watch tells of the
  // CPU.
  native.setAffinity(0, cpus);
}

/** The policies that have been compiled. */
const rehearsed = new Set([DEFAULT_POLICY_TYPE]);

async function ensureRehearsed(type: string, module: string | null): Promise<void> {
  if (module !== null) await loadPolicyType(module, undefined, type);
  if (rehearsed.has(type)) return;
  try {
    rehearsePolicy(type);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const { code, message, details } = error;
    const where = 'in the rehearsal before the run, of three VMs with two vCPUs each on two virtual pCPUs';
    throw new LabError(code, `${message}, ${where}`, details);
  }
  rehearsed.add(type);
}

function run({ run: number, plan, scoreboard: buffer, paranoid, reserve, trace }: RunRequest): LoopEnd {
  settleDown(plan.cpus);
  const { counters } = policyTypeOf(plan.spec.type);
  const scoreboard = new Scoreboard(countVcpus(plan) + reserve.vcpus, plan.cpus.length, counters, buffer);
  const conductor = new Conductor(native, plan, scoreboard, commands, {
    run: number,
    paranoid,
    reserve,
    trace: trace === null ? null : new TraceRing(trace),
    pulse: new Int32Array(pulse),
  });
  native.arm();
  scoreboard.setArmed();
  const end = conductor.run();
  awaitSafePoints(plan.cpus.length);
  recordStats(scoreboard, conductor.vcpuCount);
  native.releaseAll();
  return end;
}

function awaitSafePoints(pcpuCount: number): void {
  const deadlineNs = native.nowNs() + SETTLE_NS;
  for (let pcpu = 0; pcpu < pcpuCount; pcpu++) {
    while (native.holder(pcpu) >= 0 && native.nowNs() < deadlineNs)
      native.waitUntil(native.nowNs() + SETTLE_LOOK_NS);
  }
}

/**
 * While nobody holds a pCPU: once released, all of them run at once on the pCPU where they stood, and wait for each
 * other in the kernel's run queue.
 */
function recordStats(scoreboard: Scoreboard, vcpuCount: number): void {
  const fields = new Float64Array(VcpuField.size);
  for (let vcpu = 0; vcpu < vcpuCount; vcpu++) {
    // The thread of one that was destroyed does other work by now.
    if (scoreboard.finalStatsOf(vcpu) !== null) continue;
    native.readVcpu(vcpu, fields);
    const stats = readStats(native, fields[VcpuField.tid]);
    if (stats !== null) scoreboard.setFinalStats(vcpu, stats);
  }
}

/** How late some waits end: what is known of this machine's timers before the first run. */
function timeWaits(): Distribution {
  const late = new Histogram();
  for (let n = 0; n < WAITS; n++) {
    const dueNs = native.nowNs() + WAIT_NS;
    if (!native.waitUntil(dueNs)) late.add(native.nowNs() - dueNs);
  }
  return late.distribution();
}

async function serve(request: HypervisorRequest): Promise<HypervisorReply> {
  if (request.kind === 'run') return { kind: 'ended', end: run(request) };
  await ensureRehearsed(request.type, request.module);
  return { kind: 'rehearsed' };
}

/** What a policy from a file did wrong is an answer; anything else ends the thread. */
function broken(error: unknown): HypervisorReply {
  if (!(error instanceof LabError)) throw error;
  native.releaseAll();
  return { kind: 'broken', error: dataOf(error) };
}

const port = parentPort;
if (port === null) throw new Error('hypervisor-thread is started as a worker thread');
const realtime = becomePunctual();
rehearse(native);
port.on('message', (request: HypervisorRequest) => {
  void serve(request)
    .catch(broken)
    .then((reply) => port.postMessage(reply));
});
port.postMessage({ kind: 'ready', realtime, lateness: timeWaits() } satisfies HypervisorReply);
