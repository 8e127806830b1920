import { minify_sync } from 'terser';
import { cyclic } from '../../../workloads/cyclic.ts';
import { Random } from '../../../workloads/random.ts';
import { wordOfText } from '../result-word.ts';
import { sourceText } from '../source-text.ts';

const FILES = 4;

/** The minifier terser. A step parses, compresses, mangles and prints one file of JavaScript. */
export default cyclic({
  name: 'terser',
  description: 'the minifier terser: minify_sync on a file of size functions',
  defaultSize: 4,
  sizes: { min: 1, max: 200 },
  period: () => FILES,
  prepare(seed, size) {
    const random = new Random(seed);
    return Array.from({ length: FILES }, () => sourceText(random, size, false));
  },
  unit: (files, index) => wordOfText(minify_sync(files[index], { module: true }).code ?? ''),
});
