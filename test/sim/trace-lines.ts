import { Onlooker } from './onlooker.ts';

/** Everything that a simulation tells, a line each: for comparing two of them. */
export class TraceLines extends Onlooker {
  readonly lines: string[] = [];

  protected override readonly hear = (kind: string, told: readonly number[]): void => {
    this.lines.push(`${kind} ${told.join(' ')}`);
  };
}
