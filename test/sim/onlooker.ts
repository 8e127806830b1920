import type { Credit1 } from '../../src/core/credit1.ts';
import type { CreditState } from '../../src/core/state.ts';
import type { TraceSink } from '../../src/core/trace-sink.ts';
import type { LoopObserver } from '../../src/machine/loop-observer.ts';
import type { Exit } from '../../src/machine/machine.ts';

/** Is told everything and makes nothing of it; watches override what they want to see. Their names are TraceSink's. */
export class Onlooker implements TraceSink, LoopObserver {
  protected state!: CreditState;

  attach(policy: Credit1): void {
    this.state = policy.state;
  }

  sw(
    _nowNs: number,
    _pcpu: number,
    _prev: number,
    _prevPriority: number,
    _prevCredit: number,
    _next: number,
    _nextPriority: number,
    _nextCredit: number,
  ): void {}
  tick(_nowNs: number, _pcpu: number, _vcpu: number, _priority: number, _credit: number): void {}
  acct(_nowNs: number, _totalWeight: number, _balance: number): void {}
  park(_nowNs: number, _vcpu: number): void {}
  unpark(_nowNs: number, _vcpu: number): void {}
  steal(_nowNs: number, _vcpu: number, _from: number, _to: number): void {}
  migrate(_nowNs: number, _vcpu: number, _from: number, _to: number): void {}
  wake(_nowNs: number, _vcpu: number, _priorityBefore: number): void {}
  boost(_nowNs: number, _vcpu: number): void {}
  unboost(_nowNs: number, _vcpu: number): void {}
  acctStart(_nowNs: number, _vcpu: number, _activeCount: number): void {}
  acctStop(_nowNs: number, _vcpu: number, _activeCount: number): void {}
  set(_nowNs: number, _vm: number, _weight: number, _cap: number): void {}
  global(_nowNs: number, _status: number): void {}
  timer(_pcpu: number, _dueNs: number, _nowNs: number): void {}
  decision(_pcpu: number, _startNs: number, _endNs: number): void {}
  exit(_nowNs: number, _vcpu: number, _exit: Exit): void {}
}
