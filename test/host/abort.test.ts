import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { ABORTED, orAborted, orTimeout, TIMED_OUT } from '../../src/host/abort.ts';

/** Of a limit that isn't reached. */
const LONG_MS = 10_000;
const never = new Promise<never>(() => undefined);

describe('a wait that can be aborted', () => {
  it('has the value of what it waits for', async () => {
    assert.equal(await orAborted(Promise.resolve(7), new AbortController().signal), 7);
  });

  it('fails as what it waits for', async () => {
    const failing = Promise.reject(new Error('out of order'));
    await assert.rejects(orAborted(failing, new AbortController().signal), /out of order/);
  });

  it('ends at once when the signal came before', async () => {
    assert.equal(await orAborted(never, AbortSignal.abort()), ABORTED);
    assert.equal(await orAborted(Promise.resolve(7), AbortSignal.abort()), ABORTED);
  });

  it('ends when the signal comes', async () => {
    const controller = new AbortController();
    const wait = orAborted(never, controller.signal);
    controller.abort();
    assert.equal(await wait, ABORTED);
  });

  it('has the value when the signal comes afterwards', async () => {
    const controller = new AbortController();
    const wait = orAborted(Promise.resolve(7), controller.signal);
    await turn();
    controller.abort();
    assert.equal(await wait, 7);
  });

  it('leaves no listener behind, however it ends', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const listeners = (): number => getEventListeners(signal, 'abort').length;
    await orAborted(Promise.resolve(7), signal);
    assert.equal(listeners(), 0);
    await assert.rejects(orAborted(Promise.reject(new Error('out of order')), signal));
    assert.equal(listeners(), 0);
    const wait = orAborted(never, signal);
    assert.equal(listeners(), 1);
    controller.abort();
    await wait;
    assert.equal(listeners(), 0);
  });
});

describe('a wait with a time limit', () => {
  it('has the value of what it waits for, and keeps no timer', async () => {
    const before = await timers();
    assert.equal(await orTimeout(Promise.resolve(7), LONG_MS), 7);
    assert.equal(await timers(), before);
  });

  it('fails as what it waits for, and keeps no timer', async () => {
    const before = await timers();
    await assert.rejects(orTimeout(Promise.reject(new Error('out of order')), LONG_MS), /out of order/);
    assert.equal(await timers(), before);
  });

  it('ends when the time is over', async () => {
    assert.equal(await orTimeout(never, 1), TIMED_OUT);
  });
});

describe('a promise that nobody waits for any longer', () => {
  it('may fail without ending the process', async () => {
    const unhandled: unknown[] = [];
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', (reason) => unhandled.push(reason));
    try {
      const fails = [failing(), failing(), failing()];
      const controller = new AbortController();
      const wait = orAborted(fails[1].promise, controller.signal);
      controller.abort();
      await Promise.all([
        orAborted(fails[0].promise, AbortSignal.abort()),
        wait,
        orTimeout(fails[2].promise, 1),
      ]);
      for (const { fail } of fails) fail();
      // Node tells of unhandled rejections after the microtasks.
      await turn();
      await turn();
      assert.deepEqual(unhandled, []);
    } finally {
      process.removeAllListeners('unhandledRejection');
      for (const listener of listeners) process.on('unhandledRejection', listener);
    }
  });
});

function failing(): { readonly promise: Promise<never>; readonly fail: () => void } {
  let fail = (): void => undefined;
  const promise = new Promise<never>((_, reject) => {
    fail = () => reject(new Error('too late'));
  });
  return { promise, fail };
}

/** How many timers there are, once mocha has set its own for this test. */
async function timers(): Promise<number> {
  await turn();
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}
