/**
 * Writes protocol buffers: fields with a number each, and messages within messages. Only the encodings that a Perfetto
 * trace needs; numbers are exact to 2^53.
 */
export class ProtobufWriter {
  private buffer = new Uint8Array(1 << 16);
  private length = 0;

  /** What was written so far; valid until the next call. */
  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  /** uint32, uint64, an enum or a bool. @throws RangeError unless it is a whole number of at least 0 */
  uint(field: number, value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not an unsigned integer: ${value}`);
    this.tag(field, Wire.varint);
    this.room(MAX_VARINT);
    this.varint(value);
  }

  /** int32 or int64. @throws RangeError unless it is a whole number */
  int(field: number, value: number): void {
    if (value >= 0 || !Number.isSafeInteger(value)) return this.uint(field, value);
    this.tag(field, Wire.varint);
    this.room(MAX_VARINT);
    // Two's complement in 64 bits: nine groups of seven, and the sign.
    for (let rest = value, group = 1; group < MAX_VARINT; group++) {
      const high = Math.floor(rest / 128);
      this.buffer[this.length++] = rest - high * 128 + 128;
      rest = high;
    }
    this.buffer[this.length++] = 1;
  }

  double(field: number, value: number): void {
    this.tag(field, Wire.fixed64);
    this.room(8);
    new DataView(this.buffer.buffer).setFloat64(this.length, value, true);
    this.length += 8;
  }

  string(field: number, value: string): void {
    this.delimited(field, () => {
      this.room(3 * value.length);
      this.length += ENCODER.encodeInto(value, this.buffer.subarray(this.length)).written;
    });
  }

  /** @param write writes the fields of the inner message, with this writer */
  message(field: number, write: () => void): void {
    this.delimited(field, write);
  }

  private delimited(field: number, write: () => void): void {
    this.tag(field, Wire.delimited);
    const start = this.length;
    write();
    const size = this.length - start;
    // The length stands before what it counts: make room for it now that it is known.
    const moved = varintSize(size);
    this.room(moved);
    this.buffer.copyWithin(start + moved, start, this.length);
    this.length = start;
    this.varint(size);
    this.length += size;
  }

  private tag(field: number, wire: number): void {
    this.room(MAX_VARINT);
    this.varint(field * 8 + wire);
  }

  private varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      const high = Math.floor(rest / 128);
      this.buffer[this.length++] = rest - high * 128 + 128;
      rest = high;
    }
    this.buffer[this.length++] = rest;
  }

  private room(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(2 * this.buffer.length, this.length + bytes));
    grown.set(this.buffer);
    this.buffer = grown;
  }
}

const Wire = { varint: 0, fixed64: 1, delimited: 2 } as const;

/** Bytes of the longest varint. */
const MAX_VARINT = 10;

const ENCODER = new TextEncoder();

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}
