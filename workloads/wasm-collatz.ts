import { cyclic } from './cyclic.ts';
import { Random } from './random.ts';
import base64 from './wasm/collatz.wasm.ts';

/** The part of the standard API that is used; Node's own types leave it to the browser's. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
};

/** Ranges of starting numbers, one after the other, then again from the first. */
const RANGES = 16;
/** Starting numbers are near here: small enough that no sequence leaves 53 bits, so that JavaScript can check it. */
const FIRST = 2 ** 20;

/** @returns the total of the steps to 1 of the `count` numbers from `first` on, as WebAssembly computes it */
export type TotalSteps = (first: number, count: number) => number;

export function instantiate(): TotalSteps {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(base64, 'base64')));
  return (instance.exports as { totalSteps: TotalSteps }).totalSteps;
}

export default cyclic({
  name: 'wasm-collatz',
  description: 'Collatz sequences from size consecutive numbers, in WebAssembly',
  defaultSize: 1000,
  sizes: { min: 400, max: 3000 },
  period: () => RANGES,
  prepare: (seed, size) => ({
    totalSteps: instantiate(),
    first: FIRST + new Random(seed).below(FIRST),
    size,
  }),
  unit: ({ totalSteps, first, size }, index) => totalSteps(first + index * size, size),
});
