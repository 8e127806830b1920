import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import wabt from 'wabt';
import { packageRoot } from '../../src/base/package-root.ts';
import { instantiate } from '../../workloads/wasm-collatz.ts';
import base64 from '../../workloads/wasm/collatz.wasm.ts';
import { crc32 } from '../../workloads/crc32.ts';
import { fold, shown, startDigest } from '../../workloads/digest.ts';
import zlib, { prepareText } from '../../workloads/zlib.ts';

describe('wasm-collatz', () => {
  function totalSteps(first: number, count: number): number {
    let steps = 0;
    for (let n = first; n < first + count; n++) {
      for (let x = n; x > 1; steps++) x = x % 2 === 0 ? x / 2 : 3 * x + 1;
    }
    return steps;
  }

  it('takes 111 steps from 27 to 1, and none from 1', () => {
    assert.equal(instantiate()(27, 1), 111);
    assert.equal(instantiate()(1, 1), 0);
  });

  it('agrees with JavaScript over the range that it uses, where sequences pass 2^32', () => {
    const inWasm = instantiate();
    for (const first of [1, 2 ** 20, 1_117_065, 2 ** 21]) {
      assert.equal(inWasm(first, 500), totalSteps(first, 500), `from ${first}`);
    }
  });

  it('is compiled from the checked-in text (node scripts/build-wasm.mjs after editing it)', async () => {
    const compiler = await wabt();
    const text = readFileSync(join(packageRoot(), 'workloads/wasm/collatz.wat'), 'utf8');
    const module = compiler.parseWat('collatz.wat', text);
    const binary = Buffer.from(module.toBinary({}).buffer).toString('base64');
    module.destroy();
    assert.equal(base64, binary);
  });
});

describe('zlib', () => {
  it('compresses its text to between a fifth and four fifths, as real text does', () => {
    const text = prepareText(1, 16_384);
    const ratio = deflateSync(text).length / text.length;
    assert.ok(ratio > 0.2 && ratio < 0.8, `ratio ${ratio}`);
  });

  it('folds the CRC of what inflate gives back, which is the text itself', () => {
    const text = prepareText(3, 4096);
    const state = zlib.prepare(3, 4);
    zlib.step(state, { cpuNs: () => 0, nowNs: () => 0 });
    assert.equal(zlib.checksum(state), shown(fold(startDigest(3, 4), crc32(text))));
  });
});
