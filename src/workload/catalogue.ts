import { extname } from 'node:path';

/** What a kernel mostly does. */
export type WorkloadKind =
  'integer' | 'floating point' | 'branchy' | 'memory' | 'WebAssembly' | 'library' | 'mostly asleep';

/** The built-in workloads in the order that lists show them. */
const KINDS = {
  primes: 'integer',
  sha256: 'integer',
  crc32: 'integer',
  matmul: 'floating point',
  nbody: 'floating point',
  fft: 'floating point',
  mandelbrot: 'floating point',
  nqueens: 'branchy',
  sort: 'branchy',
  'pointer-chase': 'memory',
  stream: 'memory',
  'wasm-collatz': 'WebAssembly',
  zlib: 'library',
  idle: 'mostly asleep',
  interactive: 'mostly asleep',
} as const satisfies Record<string, WorkloadKind>;

export type BuiltinName = keyof typeof KINDS;

export const builtinNames = Object.keys(KINDS) as readonly BuiltinName[];

export function isBuiltin(name: string): name is BuiltinName {
  return Object.hasOwn(KINDS, name);
}

export function kindOf(name: BuiltinName): WorkloadKind {
  return KINDS[name];
}

/** File URL of a built-in's module: the source beside this one, or the compiled module beside the compiled one. */
export function builtinUrl(name: BuiltinName): string {
  return new URL(`../../workloads/${name}${extname(import.meta.url)}`, import.meta.url).href;
}
