import { redistribute } from './weights.ts';
import { WEIGHT_PERIOD_NS } from './constants.ts';
import { Own } from './own.ts';
import { VM_PARAMETERS, type Request } from './parameters.ts';
import { isExtra, tellTerms, type SedfState } from './state.ts';

const [PERIOD, SLICE] = VM_PARAMETERS;

/**
 * Change all of a VM's vCPUs. Where they stand in queues, what they have used, and the decisions under way stay as they
 * are: it counts from the next decision on.
 * @returns false: it is refused, and nothing was changed
 */
export function adjust(state: SedfState, vm: number, request: Request, nowNs: number): boolean {
  const { periodNs, sliceNs, weight } = request;
  if (weight === 0 && !isReservation(periodNs, sliceNs)) return false;
  const end = state.firstVcpu[vm + 1];
  for (let vcpu = state.firstVcpu[vm]; vcpu < end; vcpu++) setTerms(state, vcpu, request);
  redistribute(state, nowNs);
  for (let vcpu = state.firstVcpu[vm]; vcpu < end; vcpu++) {
    state.isAware[vcpu] = request.extratime;
    state.latencyNs[vcpu] = request.latencyNs;
    joinExtra(state, vcpu);
    tellTerms(state, vcpu, Own.terms, nowNs);
  }
  return true;
}

function isReservation(periodNs: number, sliceNs: number): boolean {
  return periodNs >= PERIOD.min && periodNs <= PERIOD.max && sliceNs >= SLICE.min && sliceNs <= periodNs;
}

function setTerms(state: SedfState, vcpu: number, { periodNs, sliceNs, weight, extratime }: Request): void {
  if (weight === 0) {
    state.weight[vcpu] = 0;
    state.extraWeight[vcpu] = 0;
    state.periodNs[vcpu] = state.periodOrigNs[vcpu] = periodNs;
    state.sliceNs[vcpu] = state.sliceOrigNs[vcpu] = sliceNs;
  } else if (extratime !== 0 && periodNs === 0) {
    // Best effort. The original reservation stays: it still counts when weights become slices, and may come back.
    state.extraWeight[vcpu] = weight;
    state.weight[vcpu] = 0;
    state.periodNs[vcpu] = WEIGHT_PERIOD_NS;
    state.sliceNs[vcpu] = 0;
  } else {
    state.weight[vcpu] = weight;
  }
}

/** Into L1 or out of it. Who runs in extra time stays there until it is put away. L0 is left as it is. */
function joinExtra(state: SedfState, vcpu: number): void {
  const { extra } = state.queues;
  const pcpu = state.pcpuOf[vcpu];
  const isAware = state.isAware[vcpu] !== 0;
  const runsExtra = state.current[pcpu] === vcpu && isExtra(state.stint[pcpu]);
  if (!extra.has(vcpu)) {
    if (isAware && state.isAsleep[vcpu] === 0) extra.insert(pcpu, vcpu, 0);
  } else if (!isAware && !runsExtra) extra.remove(pcpu, vcpu);
}

/** What the toolstack reads back: of the VM's first vCPU. */
export function readBack(state: SedfState, vm: number): Request {
  const vcpu = state.firstVcpu[vm];
  return {
    periodNs: state.periodNs[vcpu],
    sliceNs: state.sliceNs[vcpu],
    latencyNs: state.latencyNs[vcpu],
    extratime: state.isAware[vcpu],
    weight: state.weight[vcpu],
  };
}
