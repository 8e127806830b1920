import type { RunProgress } from '../../src/testbed/testbed.ts';

/** Time and memory from its making on. */
export class StartWatch {
  openedS = NaN;
  /** null: no common start yet */
  startedS: number | null = null;
  grownBytes = 0;
  private readonly fromMs = performance.now();
  private readonly rssBefore = process.memoryUsage.rss();

  opened(): void {
    this.openedS = (performance.now() - this.fromMs) / 1000;
  }

  look({ phase, elapsedNs }: RunProgress): void {
    if (phase !== 'running') return;
    this.startedS ??= (performance.now() - this.fromMs) / 1000 - elapsedNs / 1e9;
    this.grownBytes = Math.max(this.grownBytes, process.memoryUsage.rss() - this.rssBefore);
  }
}
