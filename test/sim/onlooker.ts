import assert from 'node:assert/strict';
import type { Policy } from '../../src/core/policy.ts';
import { Credit1 } from '../../src/core/credit1/credit1.ts';
import type { CreditState } from '../../src/core/credit1/state.ts';
import type { TraceSink } from '../../src/core/trace-sink.ts';
import type { LoopObserver } from '../../src/machine/machine.ts';

type Told<Kind extends keyof Required<TraceSink & LoopObserver>> = Parameters<
  Required<TraceSink & LoopObserver>[Kind]
>;

/** Is told everything by policy and loop. Watches override what they want to see, or hear it all. */
export class Onlooker implements TraceSink, LoopObserver {
  protected state!: CreditState;
  /** Hears everything that isn't overridden. */
  protected readonly hear: ((kind: string, told: readonly number[]) => void) | null = null;

  attach(policy: Policy): void {
    assert.ok(policy instanceof Credit1);
    this.state = policy.state;
  }

  decide(...told: Told<'decide'>): void {
    this.hear?.('decide', told);
  }
  own(...told: Told<'own'>): void {
    this.hear?.(
      'own',
      told.map((each) => each ?? 0),
    );
  }
  start(...told: Told<'start'>): void {
    this.hear?.('start', told);
  }
  pause(...told: Told<'pause'>): void {
    this.hear?.('pause', told);
  }
  unpause(...told: Told<'unpause'>): void {
    this.hear?.('unpause', told);
  }
  destroy(...told: Told<'destroy'>): void {
    this.hear?.('destroy', told);
  }
  pin(...told: Told<'pin'>): void {
    this.hear?.('pin', told);
  }
  tick(...told: Told<'tick'>): void {
    this.hear?.('tick', told);
  }
  steal(...told: Told<'steal'>): void {
    this.hear?.('steal', told);
  }
  migrate(...told: Told<'migrate'>): void {
    this.hear?.('migrate', told);
  }
  wake(...told: Told<'wake'>): void {
    this.hear?.('wake', told);
  }
  set(...told: Told<'set'>): void {
    this.hear?.('set', told);
  }
  tune(...told: Told<'tune'>): void {
    this.hear?.('tune', told);
  }
  timer(...told: Told<'timer'>): void {
    this.hear?.('timer', told);
  }
  decision(...told: Told<'decision'>): void {
    this.hear?.('decision', told);
  }
  exit(...told: Told<'exit'>): void {
    this.hear?.('exit', told);
  }
}
