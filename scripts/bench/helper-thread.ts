import { Worker } from 'node:worker_threads';

/** A worker thread that answers one order after the other. */
export class HelperThread<Order, Reply> {
  private readonly worker: Worker;
  private failure: Error | null = null;

  constructor(moduleUrl: string) {
    this.worker = new Worker(new URL(moduleUrl));
    this.worker.on('error', (error) => (this.failure = error));
    this.worker.unref();
  }

  /** @throws the error that the thread died of */
  ask(order: Order): Promise<Reply> {
    if (this.failure !== null) return Promise.reject(this.failure);
    const { worker } = this;
    return new Promise<Reply>((resolve, reject) => {
      const settle = (act: () => void): void => {
        worker.off('message', onReply).off('error', onError).off('exit', onExit);
        worker.unref();
        act();
      };
      const onReply = (reply: Reply): void => settle(() => resolve(reply));
      const onError = (error: Error): void => settle(() => reject(error));
      const onExit = (code: number): void =>
        settle(() => reject(new Error(`the thread ended (code ${code})`)));
      worker.ref();
      worker.on('message', onReply).on('error', onError).on('exit', onExit);
      worker.postMessage(order);
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
