import { extname } from 'node:path';
import type { SizeRange } from '../../workloads/contract.ts';

/** What a kernel mostly does. */
export type WorkloadKind =
  | 'integer'
  | 'floating point'
  | 'branchy'
  | 'memory'
  | 'WebAssembly'
  | 'library'
  | 'mostly asleep'
  | 'yielding';

/**
 * The built-in workloads in the order that lists show them, with the sizes that their modules allow: a scenario is
 * checked before any module is loaded.
 */
const BUILTINS = {
  primes: { kind: 'integer', sizes: { min: 100_000, max: 500_000 } },
  sha256: { kind: 'integer', sizes: { min: 16, max: 128 } },
  crc32: { kind: 'integer', sizes: { min: 48, max: 256 } },
  matmul: { kind: 'floating point', sizes: { min: 32, max: 512 } },
  nbody: { kind: 'floating point', sizes: { min: 8, max: 256 } },
  fft: { kind: 'floating point', sizes: { min: 64, max: 16_384, powerOfTwo: true } },
  mandelbrot: { kind: 'floating point', sizes: { min: 40, max: 128 } },
  nqueens: { kind: 'branchy', sizes: { min: 6, max: 10 } },
  sort: { kind: 'branchy', sizes: { min: 2048, max: 8192 } },
  'pointer-chase': { kind: 'memory', sizes: { min: 4, max: 131_072 } },
  stream: { kind: 'memory', sizes: { min: 12, max: 131_072 } },
  'wasm-collatz': { kind: 'WebAssembly', sizes: { min: 400, max: 3000 } },
  zlib: { kind: 'library', sizes: { min: 4, max: 32 } },
  idle: { kind: 'mostly asleep', sizes: { min: 1, max: 3_600_000 } },
  interactive: { kind: 'mostly asleep', sizes: { min: 100, max: 9000 } },
  sleeper: { kind: 'mostly asleep', sizes: { min: 100, max: 10_000_000 } },
  periodic: { kind: 'mostly asleep', sizes: { min: 100, max: 9900 } },
  polite: { kind: 'yielding', sizes: { min: 100, max: 20_000 } },
} as const satisfies Record<string, { readonly kind: WorkloadKind; readonly sizes: SizeRange }>;

export type BuiltinName = keyof typeof BUILTINS;

export const builtinNames = Object.keys(BUILTINS) as readonly BuiltinName[];

export function isBuiltin(name: string): name is BuiltinName {
  return Object.hasOwn(BUILTINS, name);
}

export function kindOf(name: BuiltinName): WorkloadKind {
  return BUILTINS[name].kind;
}

export function sizesOf(name: BuiltinName): SizeRange {
  return BUILTINS[name].sizes;
}

/** File URL of a built-in's module: the source beside this one, or the compiled module beside the compiled one. */
export function builtinUrl(name: BuiltinName): string {
  return new URL(`../../workloads/${name}${extname(import.meta.url)}`, import.meta.url).href;
}
