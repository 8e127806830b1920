/** The threads of the switch-gap bench: two guests that spin at the gate, and a driver that lets them take turns. */
import { VCPU_SLICE_NS } from '../../src/host/slices.ts';
import { parentPort } from 'node:worker_threads';
import { checked, loadNative, Released, SchedClass } from '../../src/addon/native.ts';
import { Exit } from '../../src/machine/machine.ts';
import { loadYardsticks } from './yardsticks.ts';

export type GapOrder =
  | {
      readonly kind: 'spin';
      readonly vcpu: number;
      readonly ticks: number;
      readonly thresholdTicks: number;
    }
  | {
      readonly kind: 'drive';
      readonly cpu: number | null;
      readonly guests: number;
      readonly periodNs: number;
    };

export type GapReply =
  /** Absences in ticks since the counter's zero: below 2^53 for weeks after the machine's start. */
  { readonly kind: 'absences'; readonly ticks: Float64Array } | { readonly kind: 'driven' };

const CAPACITY = 16_384;
const EXIT_SHIFT = 65536;

const native = loadNative();
const yardsticks = loadYardsticks();

function spin(vcpu: number, ticks: number, thresholdTicks: number): Float64Array {
  const out = new BigUint64Array(2 * CAPACITY);
  let count = 0;
  checked('attach to the gate', native.attach(vcpu, `gap/v${vcpu}`));
  native.setSchedClass(SchedClass.batch, 0, VCPU_SLICE_NS);
  try {
    if (native.enter()) count = checked('spin', yardsticks.spinAndWatch(ticks, thresholdTicks, out));
    native.finish(1);
  } finally {
    native.leave();
    native.setSchedClass(SchedClass.other, 0, 0);
  }
  return Float64Array.from(out.subarray(0, 2 * count), Number);
}

/** Wish for one guest, then for the other, until all have finished. */
function drive(cpu: number | null, guests: number, periodNs: number): void {
  native.sharpenTimers();
  if (cpu !== null) checked('sched_setaffinity', native.setAffinity(0, Int32Array.of(cpu)));
  native.arm();
  for (let turn = 0, finished = 0; finished < guests; turn++) {
    if (native.releasedWhy() !== Released.no) return;
    native.dispatch(0, turn % guests);
    const untilNs = native.nowNs() + periodNs;
    while (native.nowNs() < untilNs) native.waitUntil(untilNs);
    for (let code = native.nextExit(); code >= 0; code = native.nextExit()) {
      if (Math.floor(code / EXIT_SHIFT) === Exit.done) finished++;
    }
  }
}

const port = parentPort;
if (port === null) throw new Error('switch-gap-thread is started as a worker thread');
port.on('message', (order: GapOrder) => {
  switch (order.kind) {
    case 'spin': {
      const ticks = spin(order.vcpu, order.ticks, order.thresholdTicks);
      port.postMessage({ kind: 'absences', ticks } satisfies GapReply);
      break;
    }
    case 'drive':
      drive(order.cpu, order.guests, order.periodNs);
      port.postMessage({ kind: 'driven' } satisfies GapReply);
  }
});
