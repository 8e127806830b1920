/**
 * Reads Perfetto traces, as far as tests ask. Written after protos/perfetto/trace of the Perfetto project alone: it
 * shares nothing with the writer, not even the numbers of the fields.
 */
import assert from 'node:assert/strict';

/** A message: by the number of a field its values. Varints and 64-bit fields are bigint. */
type Message = Map<number, (bigint | Uint8Array)[]>;

export interface DecodedTrack {
  readonly uuid: number;
  readonly name: string;
  readonly parent: number | null;
  readonly kind: 'plain' | 'process' | 'thread' | 'counter';
  readonly pid: number | null;
  readonly tid: number | null;
  readonly unit: string | null;
}

export interface DecodedEvent {
  readonly timeNs: number;
  readonly type: 'begin' | 'end' | 'instant' | 'counter';
  readonly track: DecodedTrack;
  readonly name: string | null;
  readonly category: string | null;
  readonly details: Readonly<Record<string, string | number>>;
  readonly value: number | null;
}

export interface DecodedSched {
  readonly timeNs: number;
  readonly cpu: number;
  readonly event:
    | {
        readonly kind: 'switch';
        readonly prev: DecodedTask;
        readonly prevState: number;
        readonly next: DecodedTask;
      }
    | { readonly kind: 'waking'; readonly task: DecodedTask; readonly targetCpu: number };
}

export interface DecodedTask {
  readonly comm: string;
  readonly pid: number;
  readonly prio: number;
}

export interface DecodedTrace {
  readonly tracks: readonly DecodedTrack[];
  readonly events: readonly DecodedEvent[];
  readonly sched: readonly DecodedSched[];
}

/** @throws AssertionError for what a reader would skip or misunderstand */
export function decodePerfetto(bytes: Uint8Array): DecodedTrace {
  const file = parse(bytes);
  assert.deepEqual([...file.keys()], [1], 'a Trace has packets and nothing else');
  const sequences = new Map<number, Sequence>();
  const tracks = new Map<number, DecodedTrack>();
  const events: DecodedEvent[] = [];
  const sched: DecodedSched[] = [];
  for (const bytesOfPacket of messages(file, 1)) {
    const packet = parse(bytesOfPacket);
    const id = number(packet, 10);
    assert.ok(id > 0, 'a packet without a sequence');
    const sequence = sequences.get(id) ?? { isReady: false, interned: [new Map(), new Map(), new Map()] };
    sequences.set(id, sequence);
    const flags = packet.has(13) ? number(packet, 13) : 0;
    if ((flags & 1) !== 0) {
      sequence.isReady = true;
      for (const each of sequence.interned) each.clear();
    }
    if ((flags & 2) !== 0) assert.ok(sequence.isReady, 'incremental state before it was cleared');
    for (const interned of messages(packet, 12)) intern(sequence, parse(interned));
    for (const descriptor of messages(packet, 60)) {
      const track = trackOf(parse(descriptor));
      assert.ok(!tracks.has(track.uuid), 'two tracks with one uuid');
      assert.ok(track.parent === null || tracks.has(track.parent), 'a track before its parent');
      tracks.set(track.uuid, track);
    }
    for (const event of messages(packet, 11)) {
      assert.equal(flags & 2, 2, 'interned names need incremental state');
      events.push(eventOf(parse(event), number(packet, 8), tracks, sequence));
    }
    for (const bundle of messages(packet, 1)) sched.push(...schedOf(parse(bundle)));
  }
  return { tracks: [...tracks.values()], events, sched };
}

interface Sequence {
  isReady: boolean;
  /** categories, event names, names of annotations */
  readonly interned: readonly [Map<number, string>, Map<number, string>, Map<number, string>];
}

function intern({ interned }: Sequence, data: Message): void {
  interned.forEach((names, index) => {
    for (const entry of messages(data, index + 1)) {
      const message = parse(entry);
      const iid = number(message, 1);
      assert.ok(iid > 0 && !names.has(iid), 'a number for two names');
      names.set(iid, text(message, 2));
    }
  });
}

function known(names: Map<number, string>, iid: number): string {
  const name = names.get(iid);
  assert.ok(name !== undefined, 'a name that was never interned');
  return name;
}

function trackOf(descriptor: Message): DecodedTrack {
  const process = inner(descriptor, 3);
  const thread = inner(descriptor, 4);
  const counter = inner(descriptor, 8);
  const owner = process ?? thread;
  return {
    uuid: number(descriptor, 1),
    parent: descriptor.has(5) ? number(descriptor, 5) : null,
    name: process !== null ? text(process, 6) : thread !== null ? text(thread, 5) : text(descriptor, 2),
    kind: process !== null ? 'process' : thread !== null ? 'thread' : counter !== null ? 'counter' : 'plain',
    pid: owner === null ? null : number(owner, 1),
    tid: thread === null ? null : number(thread, 2),
    unit: counter === null ? null : unitOf(counter),
  };
}

/** CounterDescriptor.Unit: a time in ns, or a count of something that has a name. */
function unitOf(counter: Message): string {
  const unit = number(counter, 3);
  assert.ok(unit === 1 || unit === 2);
  return unit === 1 ? 'ns' : text(counter, 6);
}

function eventOf(
  event: Message,
  timeNs: number,
  tracks: ReadonlyMap<number, DecodedTrack>,
  { interned: [categories, names, keys] }: Sequence,
): DecodedEvent {
  const track = tracks.get(number(event, 11));
  assert.ok(track !== undefined, 'an event on a track that was never described');
  const type = (['begin', 'end', 'instant', 'counter'] as const)[number(event, 9) - 1];
  assert.equal(
    type === 'counter',
    track.kind === 'counter',
    'values belong on counters, and nothing else does',
  );
  const details: Record<string, string | number> = {};
  for (const each of messages(event, 4)) {
    const annotation = parse(each);
    details[known(keys, number(annotation, 1))] = annotation.has(6)
      ? text(annotation, 6)
      : annotation.has(5)
        ? float(annotation, 5)
        : number(annotation, 4);
  }
  return {
    timeNs,
    type,
    track,
    name: event.has(10) ? known(names, number(event, 10)) : null,
    category: event.has(3) ? known(categories, number(event, 3)) : null,
    details,
    value: event.has(44) ? float(event, 44) : event.has(30) ? number(event, 30) : null,
  };
}

function schedOf(bundle: Message): DecodedSched[] {
  const cpu = number(bundle, 1);
  return messages(bundle, 2).map((bytes) => {
    const event = parse(bytes);
    const timeNs = number(event, 1);
    const change = inner(event, 4);
    if (change !== null) {
      assert.equal(number(event, 2), number(change, 2), 'who leaves is who ran');
      const prev = { comm: text(change, 1), pid: number(change, 2), prio: number(change, 3) };
      const next = { comm: text(change, 5), pid: number(change, 6), prio: number(change, 7) };
      return { timeNs, cpu, event: { kind: 'switch', prev, prevState: number(change, 4), next } };
    }
    const waking = inner(event, 20);
    assert.ok(waking !== null, 'an ftrace event of another kind');
    const task = { comm: text(waking, 1), pid: number(waking, 2), prio: number(waking, 3) };
    return { timeNs, cpu, event: { kind: 'waking', task, targetCpu: number(waking, 5) } };
  });
}

/** The wire format: tags, and values by their wire type. */
export function parse(bytes: Uint8Array): Message {
  const message: Message = new Map();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      assert.ok(at < bytes.length && shift < 70n, 'a varint without an end');
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const field = tag >> 3;
    const values = message.get(field) ?? [];
    message.set(field, values);
    switch (tag & 7) {
      case 0:
        values.push(varint());
        break;
      case 1:
        values.push(view.getBigUint64(at, true));
        at += 8;
        break;
      case 2: {
        const size = Number(varint());
        assert.ok(at + size <= bytes.length, 'a message longer than what it is in');
        values.push(bytes.subarray(at, at + size));
        at += size;
        break;
      }
      default:
        assert.fail(`wire type ${tag & 7}`);
    }
  }
  return message;
}

export function messages(message: Message, field: number): Uint8Array[] {
  return (message.get(field) ?? []).map((value) => {
    assert.ok(typeof value !== 'bigint', `field ${field} is a number`);
    return value;
  });
}

/** A field that must be there once, as int64. */
export function number(message: Message, field: number): number {
  const values = message.get(field) ?? [];
  assert.equal(values.length, 1, `field ${field} once`);
  const [value] = values;
  assert.ok(typeof value === 'bigint', `field ${field} is no number`);
  return Number(BigInt.asIntN(64, value));
}

export function float(message: Message, field: number): number {
  const [value] = message.get(field) ?? [];
  assert.ok(typeof value === 'bigint');
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value);
  return view.getFloat64(0);
}

export function text(message: Message, field: number): string {
  const [bytes] = messages(message, field);
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

function inner(message: Message, field: number): Message | null {
  const [bytes] = messages(message, field);
  return bytes === undefined ? null : parse(bytes);
}
