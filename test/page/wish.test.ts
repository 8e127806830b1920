import assert from 'node:assert/strict';
import { refusalOf, RefusedError } from '../../src/page/model/api.ts';
import { PACE_MS, Wish, type Clock } from '../../src/page/model/wish.ts';

/** Time that is moved by hand. */
class HandClock implements Clock {
  private now = 0;
  private calls: { at: number; call: () => void }[] = [];

  nowMs(): number {
    return this.now;
  }

  after(ms: number, call: () => void): () => void {
    const entry = { at: this.now + ms, call };
    this.calls.push(entry);
    return () => {
      this.calls = this.calls.filter((each) => each !== entry);
    };
  }

  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      await settle();
      const next = this.calls
        .filter(({ at }) => at <= end)
        .sort((a, b) => a.at - b.at)
        .at(0);
      if (next === undefined) break;
      this.calls = this.calls.filter((each) => each !== next);
      this.now = Math.max(this.now, next.at);
      next.call();
    }
    this.now = end;
  }
}

/** All promises that can settle have. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A host that answers when it is told to. */
class SlowHost {
  readonly sent: number[] = [];
  private number = 0;
  private answer: { resolve: (change: { number: number }) => void; reject: (error: Error) => void } | null =
    null;

  readonly send = (value: number): Promise<{ number: number }> => {
    assert.equal(this.answer, null, 'one command at a time');
    this.sent.push(value);
    return new Promise((resolve, reject) => {
      this.answer = { resolve, reject };
    });
  };

  /** @returns the change's number */
  async accept(): Promise<number> {
    const { answer } = this;
    this.answer = null;
    answer?.resolve({ number: ++this.number });
    await settle();
    return this.number;
  }

  refuse(): Promise<void> {
    return this.fail(new RefusedError(422, { message: 'weight is out of range', expected: '1 to 65535' }));
  }

  /** It has too much to do. */
  putOff(): Promise<void> {
    return this.fail(new RefusedError(429, { message: 'too many commands', againMs: 1000 }));
  }

  private async fail(error: Error): Promise<void> {
    const { answer } = this;
    this.answer = null;
    answer?.reject(error);
    await settle();
  }
}

describe('a value that a hand changes', () => {
  let clock: HandClock;
  let host: SlowHost;
  let wish: Wish<number>;
  const shown = (): number | 'as the host has it' => wish.own.value?.value ?? 'as the host has it';

  beforeEach(() => {
    clock = new HandClock();
    host = new SlowHost();
    wish = new Wish(host.send, clock, refusalOf);
  });

  it('is shown at once, and until a state holds it', async () => {
    wish.set(512);
    assert.equal(shown(), 512);
    const number = await host.accept();
    assert.equal(shown(), 512, 'the state that is known is older');
    wish.see(number - 1);
    assert.equal(shown(), 512);
    wish.see(number);
    assert.equal(shown(), 'as the host has it');
  });

  it('is as the host has it if the state came before the answer', async () => {
    wish.set(512);
    wish.see(1);
    await host.accept();
    assert.equal(shown(), 'as the host has it');
  });

  it('is sent at most ten times a second while it is dragged, the last one always', async () => {
    const quick = new Wish<number>(
      (value) => {
        host.sent.push(value);
        return Promise.resolve({ number: host.sent.length });
      },
      clock,
      refusalOf,
    );
    for (let i = 0; i < 200; i++) {
      quick.set(i);
      await clock.advance(10);
    }
    await clock.advance(PACE_MS);
    assert.ok(host.sent.length >= 20 && host.sent.length <= 22, String(host.sent.length));
    assert.equal(host.sent[0], 0);
    assert.equal(host.sent.at(-1), 199);
  });

  it('waits for the answer before the next is sent, and leaves out what was passed over', async () => {
    wish.set(1);
    wish.set(2);
    wish.set(3);
    await clock.advance(1000);
    assert.deepEqual(host.sent, [1]);
    await host.accept();
    assert.deepEqual(host.sent, [1, 3]);
    assert.equal(shown(), 3);
  });

  it('goes back to what the host has when that refuses, with what it said', async () => {
    wish.set(99_999);
    await host.refuse();
    assert.equal(shown(), 'as the host has it');
    assert.deepEqual(wish.error.value, { message: 'weight is out of range', expected: '1 to 65535' });
    wish.set(5);
    assert.equal(wish.error.value, null);
  });

  it('says nothing of a refusal that the hand has passed already', async () => {
    wish.set(99_999);
    wish.set(512);
    await host.refuse();
    assert.equal(wish.error.value, null);
    await clock.advance(PACE_MS);
    assert.deepEqual(host.sent, [99_999, 512]);
    assert.equal(shown(), 512);
  });

  it("stays under the hand that holds it, whatever others do, and is the host's when it lets go", async () => {
    wish.hold(256);
    wish.set(300);
    const number = await host.accept();
    wish.see(number + 5);
    assert.equal(shown(), 300);
    wish.release();
    assert.equal(shown(), 'as the host has it');
  });

  it('is sent again a little later when the host has too much to do', async () => {
    wish.set(512);
    for (const times of [1, 2]) {
      await host.putOff();
      assert.equal(shown(), 512);
      assert.equal(wish.error.value, null);
      await clock.advance(999);
      assert.equal(host.sent.length, times);
      await clock.advance(1);
      assert.equal(host.sent.length, times + 1);
    }
    assert.equal(await host.accept(), 1);
    assert.deepEqual(host.sent, [512, 512, 512]);
  });

  it('is left out when another is wanted until then', async () => {
    wish.set(512);
    await host.putOff();
    wish.set(300);
    await clock.advance(999);
    assert.deepEqual(host.sent, [512]);
    await clock.advance(1);
    assert.deepEqual(host.sent, [512, 300]);
  });

  it('is sent to nobody when its VM is gone', async () => {
    wish.set(512);
    await host.putOff();
    wish.giveUp();
    await clock.advance(5000);
    wish.set(300);
    wish.giveUp();
    await host.putOff();
    await clock.advance(5000);
    assert.deepEqual(host.sent, [512, 300]);
  });

  it('says so when there is no answer at all', async () => {
    const deaf = new Wish<number>(() => Promise.reject(new TypeError('failed to fetch')), clock, refusalOf);
    deaf.set(1);
    await settle();
    assert.match(deaf.error.value?.message ?? '', /the host doesn't answer/);
  });
});
