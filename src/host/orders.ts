/** What the main thread asks of a run under way, and what the hypervisor thread answers. */
import type { PolicyVm } from '../core/policy.ts';
import type { LoopChange } from '../machine/agenda.ts';
import type { Inspection } from '../machine/inspect.ts';
import type { MadeChange } from '../machine/loop.ts';

/** A change, or a VM whose threads wait for `Admission` in that memory. */
export type HostOperation =
  | LoopChange
  | {
      readonly kind: 'start';
      readonly vm: PolicyVm;
      /** its work ends */
      readonly hasEnd: boolean;
      readonly admission: SharedArrayBuffer;
    };

/** @param run one that comes late must not meet the next run */
export type Order =
  | { readonly kind: 'stop'; readonly run: number }
  | {
      readonly kind: 'change';
      readonly run: number;
      readonly id: number;
      readonly operations: readonly HostOperation[];
    }
  | { readonly kind: 'inspect'; readonly run: number; readonly id: number };

export type Answer =
  | { readonly kind: 'changed'; readonly id: number; readonly made: Made }
  /** the policy refused one of them; those before it have been made */
  | { readonly kind: 'refused'; readonly id: number; readonly why: string; readonly made: Made }
  | { readonly kind: 'inspected'; readonly id: number; readonly inspection: Inspection }
  /** an event of the scenario was carried out */
  | { readonly kind: 'event'; readonly made: MadeChange };

/** When operations were made, and for each from when on it can have an effect. */
export interface Made {
  readonly atNs: number;
  readonly actsNs: readonly number[];
}

/** In memory that the threads of a new VM share with the two others: what becomes of them. */
export const Admission = { waiting: 0, admitted: 1, refused: 2 } as const;
/** Cells of that memory: how they stand, and how many threads are ready. */
export const AdmissionCell = { state: 0, ready: 1, size: 2 } as const;

/** Tell the threads that wait there. */
export function admit(buffer: SharedArrayBuffer, state: number): void {
  const cells = new Int32Array(buffer);
  Atomics.store(cells, AdmissionCell.state, state);
  Atomics.notify(cells, AdmissionCell.state);
}
