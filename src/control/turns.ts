/** One thing at a time for each name, in the order in which they were asked for; other names don't wait for it. */
export class Turns {
  private readonly last = new Map<string, Promise<void>>();

  take<T>(name: string, act: () => Promise<T>): Promise<T> {
    const before = this.last.get(name) ?? Promise.resolve();
    const result = before.then(act);
    const over = result.then(
      () => undefined,
      () => undefined,
    );
    this.last.set(name, over);
    void over.then(() => {
      if (this.last.get(name) === over) this.last.delete(name);
    });
    return result;
  }
}
