/** Sums by key, for comparisons of what two sides add up. */
export class Totals {
  private readonly sums = new Map<string, number>();

  add(key: string, amount: number): void {
    this.sums.set(key, (this.sums.get(key) ?? 0) + amount);
  }

  /** What isn't zero, sorted by key. */
  toObject(): Record<string, number> {
    return Object.fromEntries(
      [...this.sums].filter(([, sum]) => sum !== 0).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }
}
