import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { DEFAULT_POLICY_TYPE, hasVmParameter, policyTypeOf } from '../policies.ts';
import type { Plan } from '../scenario/plan.ts';
import { schedulerOf } from '../scenario/resolve-scheduler.ts';
import { simulate } from '../sim/simulate.ts';
import { TraceRecorder } from '../trace/recorder.ts';
import { TraceRing } from '../trace/ring.ts';
import { Conductor, countVcpus } from './conductor.ts';
import { checked, type Native } from '../addon/native.ts';
import type { Order } from './orders.ts';
import { Scoreboard } from './scoreboard.ts';

/**
 * Virtual time that is enough for the compiler: some thousand ticks, switches, wake-ups and steals. In parts, which are
 * recorded and not recorded in turns.
 */
const SIMULATED_NS = 5e9;
const SIMULATIONS = 8;
/** Then the same loop on the real machine, with nobody at the gate and the clock running fast. */
const REHEARSED_NS = 25e9;
/**
 * So often, with a trace and without one in turns. What was compiled for the simulation, or for the first objects of a
 * class, is thrown away when it meets the next ones: that should happen here and not in a run. It makes the loop
 * cheaper by a tenth.
 */
const REHEARSALS = 12;
const SPEED = 1000;
/** A host that somebody watches is asked for its state ten times a second: so often in each rehearsal, all at once. */
const INSPECTIONS = 50;
/** As the number of a run: those that are played count from 1. */
const REHEARSAL = 0;

const MS = 1e6;

const WEIGHTS = [256, 512, 1024];
const CAP = 40;
const SHORT_SLICE_NS = 5 * MS;

/**
 * Let policy, loop and machine be compiled before they drive real cores: their first decisions would take ten times as
 * long otherwise, and a run of some seconds isn't long enough to warm them up.
 */
export function rehearse(native: Native): void {
  rehearsePolicy(DEFAULT_POLICY_TYPE);
  const plan: Plan = {
    spec: schedulerOf(DEFAULT_POLICY_TYPE, shortSlices(DEFAULT_POLICY_TYPE)),
    cpus: [0, 0],
    vms: WEIGHTS.map((weight) => ({
      parameters: weighted(DEFAULT_POLICY_TYPE, weight),
      vcpus: [null, null],
    })),
    startNs: WEIGHTS.map(() => 0),
    events: [],
    durationNs: REHEARSED_NS,
    awaited: [],
  };
  checked('set up the gate', native.setup(Int32Array.from(plan.cpus)));
  const scoreboard = new Scoreboard(
    countVcpus(plan),
    plan.cpus.length,
    policyTypeOf(plan.spec.type).counters,
  );
  const ring = new TraceRing();
  const { port1: asking, port2: commands } = new MessageChannel();
  for (let n = 0; n < REHEARSALS; n++) {
    empty(ring);
    const trace = n % 2 === 0 ? new TraceRing(ring.buffer) : null;
    giveOrders(asking);
    native.arm();
    new Conductor(native, plan, scoreboard, commands, { speed: SPEED, run: REHEARSAL, trace }).run();
    forgetAnswers(asking);
  }
  asking.close();
}

/**
 * For the first pass of the next rehearsal: what hosts are asked for and told most. Nothing is other than before, then.
 * Without it the first order of a run would have the code of the whole pass thrown away, and compiling it anew would
 * make the loop late by some milliseconds.
 */
function giveOrders(asking: MessagePort): void {
  const send = (order: Order): void => asking.postMessage(order);
  for (let id = 0; id < INSPECTIONS; id++) send({ kind: 'inspect', run: REHEARSAL, id });
  send({
    kind: 'change',
    run: REHEARSAL,
    id: INSPECTIONS,
    operations: [
      { kind: 'set', vm: 0, parameters: weighted(DEFAULT_POLICY_TYPE, WEIGHTS[0]) },
      { kind: 'tune', parameters: shortSlices(DEFAULT_POLICY_TYPE) },
      { kind: 'pin', vm: 0, vcpu: null, pcpus: null },
      { kind: 'pause', vm: 0 },
      { kind: 'unpause', vm: 0 },
    ],
  });
}

function forgetAnswers(asking: MessagePort): void {
  while (receiveMessageOnPort(asking) !== undefined);
}

/** The policy and the loop in virtual time: it touches neither gate nor cores. */
export function rehearsePolicy(type: string): void {
  const io = { kind: 'io', runNs: MS, sleepNs: 7.3 * MS } as const;
  const hog = { kind: 'hog' } as const;
  const ring = new TraceRing();
  for (let n = 0; n < SIMULATIONS; n++) {
    empty(ring);
    simulate({
      pcpuCount: 2,
      durationNs: SIMULATED_NS,
      jitterNs: 0.05 * MS,
      scheduler: { type },
      recorder: n % 2 === 0 ? new TraceRecorder(new TraceRing(ring.buffer)) : null,
      vms: WEIGHTS.map((weight, index) => ({
        ...weighted(type, weight),
        ...capped(type, index),
        vcpus: [{ guest: hog }, { guest: io }],
      })),
    });
  }
}

/** A run's ring is emptied while it fills; a full one would be rehearsed as a ring that drops nearly everything. */
function empty(ring: TraceRing): void {
  ring.drain(() => undefined);
}

function weighted(type: string, weight: number): { readonly weight?: number } {
  return hasVmParameter(type, 'weight') ? { weight } : {};
}

/** For the VM that has the largest weight: others have to share what it may not use. */
function capped(type: string, index: number): { readonly cap?: number } {
  return hasVmParameter(type, 'cap') && index === WEIGHTS.length - 1 ? { cap: CAP } : {};
}

function shortSlices(type: string): Record<string, number> {
  const slice = policyTypeOf(type).parameters.find(({ isSlice }) => isSlice === true);
  return slice === undefined ? {} : { [slice.field]: SHORT_SLICE_NS };
}
