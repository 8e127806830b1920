/**
 * The stream of messages, for many clients. Nobody is waited for:
 *
 *     host ──► message ──► text, made once ──┬─► client: its connection takes it
 *                │                           └─► slow one: slices and shares are left out, of states the latest is
 *                └─► kept: changes, words, …     kept, of the rest all, until it takes something again or is cut
 *                    for who comes back
 */
import { randomBytes } from 'node:crypto';
import type { ControlledHost } from '../control/host.ts';
import type { StreamMessage } from '../control/state.ts';
import type { Asker } from './access.ts';
import {
  DEAF_MS,
  HEARTBEAT_MS,
  KEPT_MESSAGES,
  LINGER_MS,
  MOST_STREAMS,
  MOST_WAITING_BYTES,
  MOST_WAITING_MESSAGES,
  RETRY_MS,
  STATE_AGE_MS,
} from './limits.ts';

/** What of a connection is needed: an HTTP response is one. */
export interface Sink {
  /** what was written and has not been taken, bytes */
  readonly writableLength: number;
  write(text: string): boolean;
  end(): void;
  destroy(): void;
  on(event: 'drain' | 'close', listener: () => void): unknown;
}

export interface FeedOptions {
  /** what each client is told after its first state; default: nothing */
  readonly story?: readonly StreamMessage[];
  readonly nowMs?: () => number;
}

type Kind = StreamMessage['kind'];

/** The state as text, and when it came; null: it is still asked for. */
interface AskedState {
  readonly text: Promise<string>;
  cameMs: number | null;
}

/** May be left out for a slow client, and are not sent again to one that comes back. */
const TRANSIENT: ReadonlySet<Kind> = new Set(['slices', 'shares']);

export class Feed {
  private readonly host: ControlledHost;
  private readonly nowMs: () => number;
  private story: readonly string[];
  /** Ids of another host, or of an older one of this name, mean nothing here. */
  private readonly session = randomBytes(6).toString('hex');
  private readonly clients = new Set<Client>();
  private readonly kept: { readonly number: number; readonly text: string }[] = [];
  private number = 0;
  private stopListening: (() => void) | null = null;
  private linger: NodeJS.Timeout | undefined;
  private readonly pulse: NodeJS.Timeout;
  /** null: it is asked for anew */
  private asked: AskedState | null = null;

  constructor(host: ControlledHost, options: FeedOptions = {}) {
    this.host = host;
    this.nowMs = options.nowMs ?? (() => performance.now());
    this.story = (options.story ?? []).map((message) => this.frame(0, message));
    this.pulse = setInterval(() => {
      this.beat();
    }, HEARTBEAT_MS / 3).unref();
  }

  isFullFor(asker: Asker): boolean {
    return this.clients.size >= MOST_STREAMS[asker];
  }

  get clientCount(): number {
    return this.clients.size;
  }

  /**
   * The state as JSON. Those who ask at the same time get the same one, and so do those who ask a little later, unless
   * something was changed meanwhile.
   */
  state(asker: Asker): Promise<string> {
    const { asked } = this;
    if (asked !== null && (asked.cameMs === null || this.nowMs() - asked.cameMs < STATE_AGE_MS[asker]))
      return asked.text;
    return this.askState();
  }

  /** Something was changed: whoever asks from now on is told of it. */
  changed(): void {
    this.asked = null;
  }

  /**
   * A client comes: it gets what it missed, if it says where it was, the state, and then what happens.
   * @param lastId of the last message that it got; null: it comes for the first time
   */
  join(sink: Sink, lastId: string | null, asker: Asker): void {
    this.listen();
    const client = new Client(sink, this.nowMs);
    this.clients.add(client);
    sink.on('close', () => {
      this.leave(client);
    });
    sink.write(`retry: ${String(RETRY_MS)}\n\n`);
    const missedFrom = this.numberIn(lastId);
    if (missedFrom !== null)
      for (const { number, text } of this.kept) if (number > missedFrom) client.offer('change', text);
    // Until the state is there, what happens waits as it does for a slow client.
    this.state(asker).then(
      (state) => {
        client.offer('state', this.frameOf(this.number, `{"kind":"state","state":${state}}`));
        client.resume();
        for (const text of this.story) client.offer('change', text);
      },
      () => {
        client.cut();
      },
    );
  }

  close(): void {
    clearInterval(this.pulse);
    clearTimeout(this.linger);
    this.stopListening?.();
    this.stopListening = null;
    for (const { sink } of this.clients) sink.end();
  }

  private askState(): Promise<string> {
    const text = this.host.state().then((state) => JSON.stringify(state));
    const asked: AskedState = { text, cameMs: null };
    this.asked = asked;
    text.then(
      () => {
        asked.cameMs = this.nowMs();
      },
      () => {
        if (this.asked === asked) this.asked = null;
      },
    );
    return text;
  }

  private listen(): void {
    clearTimeout(this.linger);
    if (this.stopListening !== null) return;
    // What was changed while nobody listened isn't known.
    this.changed();
    this.stopListening = this.host.listen((message) => {
      this.tell(message);
    });
  }

  private leave(client: Client): void {
    this.clients.delete(client);
    if (this.clients.size > 0) return;
    clearTimeout(this.linger);
    this.linger = setTimeout(() => {
      this.stopListening?.();
      this.stopListening = null;
      this.kept.length = 0;
    }, LINGER_MS).unref();
  }

  private tell(message: StreamMessage): void {
    const { kind } = message;
    const isKept = !TRANSIENT.has(kind) && kind !== 'state';
    if (kind === 'change' || kind === 'end') this.changed();
    // With nobody there, only what a client that comes back must learn is worth its text.
    this.number++;
    if (this.clients.size === 0 && !isKept) return;
    const text = this.frame(this.number, message);
    if (isKept) {
      this.kept.push({ number: this.number, text });
      if (this.kept.length > KEPT_MESSAGES) this.kept.shift();
      // Whoever comes later must learn it, too.
      if (kind === 'end') this.story = [text];
    }
    for (const client of this.clients) client.offer(kind, text);
  }

  private frame(number: number, message: StreamMessage): string {
    return this.frameOf(number, JSON.stringify(message));
  }

  private frameOf(number: number, message: string): string {
    return `id: ${this.session}-${String(number)}\ndata: ${message}\n\n`;
  }

  /** null: it is none of ours */
  private numberIn(id: string | null): number | null {
    const parts = /^([\da-f]+)-(\d{1,15})$/.exec(id ?? '');
    return parts?.[1] === this.session ? Number(parts[2]) : null;
  }

  private beat(): void {
    for (const client of this.clients) client.beat();
  }
}

/** One connection, and what waits for it. */
class Client {
  readonly sink: Sink;
  private readonly nowMs: () => number;
  /** It takes nothing now, and since when; it begins so, until the first state is there. */
  private isHeld = true;
  private heldMs: number;
  private sentMs: number;
  private waiting: string[] = [];
  private state: string | null = null;
  private leftOut = 0;

  constructor(sink: Sink, nowMs: () => number) {
    this.sink = sink;
    this.nowMs = nowMs;
    this.heldMs = nowMs();
    this.sentMs = this.heldMs;
    sink.on('drain', () => {
      this.resume();
    });
  }

  offer(kind: Kind, text: string): void {
    if (!this.isHeld) this.send(text);
    else if (TRANSIENT.has(kind)) this.leftOut++;
    else if (kind === 'state') this.state = text;
    else if (this.waiting.length < MOST_WAITING_MESSAGES) this.waiting.push(text);
    else this.cut();
  }

  /** It takes something again. */
  resume(): void {
    this.isHeld = false;
    for (let next; (next = this.waiting.shift()) !== undefined;) if (!this.send(next)) return;
    const { leftOut, state } = this;
    this.leftOut = 0;
    if (leftOut > 0 && !this.send(`event: thinned\ndata: {"messages":${String(leftOut)}}\n\n`)) return;
    this.state = null;
    if (state !== null) this.send(state);
  }

  beat(): void {
    const nowMs = this.nowMs();
    if (this.isHeld && nowMs - this.heldMs > DEAF_MS) this.cut();
    else if (!this.isHeld && nowMs - this.sentMs >= HEARTBEAT_MS) this.send(': still here\n\n');
  }

  cut(): void {
    this.waiting = [];
    this.state = null;
    this.sink.destroy();
  }

  /** @returns whether it takes more */
  private send(text: string): boolean {
    this.sentMs = this.nowMs();
    if (this.sink.write(text) || this.sink.writableLength <= MOST_WAITING_BYTES) return true;
    this.isHeld = true;
    this.heldMs = this.sentMs;
    return false;
  }
}
