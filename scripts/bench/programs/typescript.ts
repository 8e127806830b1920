import ts from 'typescript';
import { cyclic } from '../../../workloads/cyclic.ts';
import { Random } from '../../../workloads/random.ts';
import { wordOfText } from '../result-word.ts';
import { sourceText } from '../source-text.ts';

const FILES = 4;
/** Old enough that object spread, `??`, `?.` and private fields are rewritten. */
const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2017,
  module: ts.ModuleKind.ESNext,
};

/**
 * The TypeScript compiler. A step turns one file of TypeScript into JavaScript: scanning, parsing, transforming,
 * printing.
 */
export default cyclic({
  name: 'typescript',
  description: 'the TypeScript compiler: transpileModule on a file of size functions',
  defaultSize: 10,
  sizes: { min: 1, max: 500 },
  period: () => FILES,
  prepare(seed, size) {
    const random = new Random(seed);
    return Array.from({ length: FILES }, () => sourceText(random, size, true));
  },
  unit: (files, index) => wordOfText(ts.transpileModule(files[index], { compilerOptions }).outputText),
});
