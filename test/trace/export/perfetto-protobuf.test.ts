import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ProtobufWriter } from '../../../src/trace/export/perfetto/protobuf.ts';
import { float, messages, number, parse, text } from './perfetto-decoder.ts';

function written(write: (writer: ProtobufWriter) => void): Uint8Array {
  const writer = new ProtobufWriter();
  write(writer);
  return writer.bytes();
}

describe('the protocol buffer writer', () => {
  it('writes the bytes of the encoding’s documentation', () => {
    const cases: [string, (out: ProtobufWriter) => void][] = [
      ['08 96 01', (out) => out.uint(1, 150)],
      ['12 07 74 65 73 74 69 6e 67', (out) => out.string(2, 'testing')],
      ['1a 03 08 96 01', (out) => out.message(3, () => out.uint(1, 150))],
      ['08 fe ff ff ff ff ff ff ff ff 01', (out) => out.int(1, -2)],
    ];
    for (const [hex, write] of cases) {
      assert.equal(Buffer.from(written(write)).toString('hex'), hex.replaceAll(' ', ''));
    }
  });

  it('writes every whole number that a plain number holds, so that it can be read again', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 1, max: 2 ** 20 }), (value, field) => {
        const message = parse(written((out) => out.int(field, value)));
        assert.equal(number(message, field), value);
      }),
    );
  });

  it('writes doubles and texts so that they can be read again', () => {
    fc.assert(
      fc.property(fc.double(), fc.string({ unit: 'grapheme' }), (value, name) => {
        const message = parse(
          written((out) => {
            out.double(5, value);
            out.string(6, name);
          }),
        );
        assert.ok(Object.is(float(message, 5), value));
        assert.equal(text(message, 6), name);
      }),
    );
  });

  it('nests messages of any length', () => {
    for (const size of [0, 1, 127, 128, 16_383, 16_384, 300_000]) {
      const bytes = written((out) => {
        out.message(1, () => {
          out.message(2, () => {
            out.string(3, 'x'.repeat(size));
          });
          out.uint(4, 7);
        });
        out.uint(5, 8);
      });
      const outer = parse(bytes);
      const middle = parse(messages(outer, 1)[0]);
      assert.equal(text(parse(messages(middle, 2)[0]), 3).length, size);
      assert.equal(number(middle, 4), 7);
      assert.equal(number(outer, 5), 8);
    }
  });

  it('refuses numbers that it can’t write exactly', () => {
    for (const value of [-1, 0.5, 2 ** 53, NaN]) {
      assert.throws(() => written((out) => out.uint(1, value)), RangeError);
    }
    for (const value of [-0.5, -(2 ** 53), NaN]) {
      assert.throws(() => written((out) => out.int(1, value)), RangeError);
    }
  });
});
