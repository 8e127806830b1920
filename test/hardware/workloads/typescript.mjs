// An ordinary program: a compiler, which allocates, collects garbage and calls the runtime as it pleases.
import ts from 'typescript';

const SOURCE = Array.from(
  { length: 20 },
  (_, i) => `export class Shape${i} { constructor(private readonly sides: number[]) {}
  area(): number { return this.sides.reduce((sum, side) => sum + side * ${i}, 0); } }\n`,
).join('');

export default {
  name: 'typescript',
  description: 'compiles TypeScript to JavaScript',
  prepare: (seed) => ({ seed, digest: 0 }),
  step(state) {
    const { outputText } = ts.transpileModule(`const seed = ${state.seed};\n${SOURCE}`, {
      compilerOptions: { target: ts.ScriptTarget.ES2020 },
    });
    for (let i = 0; i < outputText.length; i++)
      state.digest = (Math.imul(state.digest, 31) + outputText.charCodeAt(i)) | 0;
  },
  checksum: (state) => state.digest,
};
