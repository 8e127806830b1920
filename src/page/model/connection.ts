/**
 * The stream, as long as the page is open: it comes back by itself, and says how it stands.
 *
 *     connecting ──► live ──► lost ──(0.5, 1, 2, 4, 5, 5 … s)──► connecting
 *         └─► refused: this link doesn't open it          └─► ended: the host said so
 */
import type { StreamMessage } from '../../control/state.ts';
import { RefusedError, refusalOf, type Api } from './api.ts';
import { EventReader } from './sse.ts';
import type { Clock, Refused } from './wish.ts';

export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live'; readonly rights: 'all' | 'read' }
  | { readonly kind: 'lost'; readonly tries: number }
  | { readonly kind: 'refused'; readonly refused: Refused }
  | { readonly kind: 'ended' };

export interface Listener {
  connection(connection: Connection): void;
  /** Messages from now on are those of another host, started where the one before was. */
  another(): void;
  message(message: StreamMessage): void;
}

const WAITS_MS = [500, 1000, 2000, 4000, 5000] as const;
/** Longer than the host is ever silent: it gives a sign of life every 15 s. */
const SILENCE_MS = 40_000;

export class StreamReader {
  private readonly api: Api;
  private readonly clock: Clock;
  private readonly listener: Listener;
  private lastId: string | null = null;
  private isEnded = false;
  private tries = 0;

  constructor(api: Api, clock: Clock, listener: Listener) {
    this.api = api;
    this.clock = clock;
    this.listener = listener;
  }

  /** Reads until the host ends or refuses, or `signal` says so. */
  async run(signal: AbortSignal): Promise<void> {
    this.listener.connection({ kind: 'connecting' });
    while (!signal.aborted) {
      const refused = await this.readOnce(signal);
      if (signal.aborted) return;
      if (this.isEnded) return;
      if (refused !== null) {
        this.listener.connection({ kind: 'refused', refused });
        return;
      }
      this.tries++;
      this.listener.connection({ kind: 'lost', tries: this.tries });
      await this.pause(WAITS_MS[Math.min(this.tries, WAITS_MS.length) - 1]);
    }
  }

  /** @returns why it is no use to try again; null: the connection is gone, and it may be of use */
  private async readOnce(signal: AbortSignal): Promise<Refused | null> {
    const silence = new AbortController();
    let forget = (): void => undefined;
    const heard = (): void => {
      forget();
      forget = this.clock.after(SILENCE_MS, () => {
        silence.abort();
      });
    };
    heard();
    const either = AbortSignal.any([signal, silence.signal]);
    try {
      const rights = await this.api.rights(either);
      const { body } = await this.api.request('api/stream', {
        headers: {
          accept: 'text/event-stream',
          ...(this.lastId !== null && { 'last-event-id': this.lastId }),
        },
        signal: either,
      });
      if (body === null) return null;
      this.tries = 0;
      this.listener.connection({ kind: 'live', rights });
      const events = new EventReader();
      for await (const text of body.pipeThrough(new TextDecoderStream())) {
        heard();
        for (const { event, data, id } of events.take(text)) {
          if (id !== null) this.learn(id);
          if (event === 'message') this.take(JSON.parse(data) as StreamMessage);
        }
      }
      return null;
    } catch (error) {
      const isFinal = error instanceof RefusedError && [401, 403, 404].includes(error.status);
      return isFinal ? refusalOf(error) : null;
    } finally {
      forget();
    }
  }

  /** What stands before the dash is the host's alone. */
  private learn(id: string): void {
    const [host] = id.split('-');
    if (this.lastId !== null && !this.lastId.startsWith(`${host}-`)) this.listener.another();
    this.lastId = id;
  }

  private take(message: StreamMessage): void {
    this.listener.message(message);
    if (message.kind !== 'end') return;
    this.isEnded = true;
    this.listener.connection({ kind: 'ended' });
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.after(ms, resolve);
    });
  }
}
