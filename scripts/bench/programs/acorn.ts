import { type Node, parse, tokTypes } from 'acorn';
import { fold } from '../../../workloads/digest.ts';
import { cyclic } from '../../../workloads/cyclic.ts';
import { Random } from '../../../workloads/random.ts';
import { sourceText } from '../source-text.ts';

const FILES = 4;

/** The parser acorn. A step parses one file of JavaScript; each token and each statement's place go into the result. */
export default cyclic({
  name: 'acorn',
  description: 'the parser acorn: parse on a file of size functions',
  defaultSize: 60,
  sizes: { min: 1, max: 2000 },
  period: () => FILES,
  prepare(seed, size) {
    const random = new Random(seed);
    return Array.from({ length: FILES }, () => sourceText(random, size, false));
  },
  unit(files, index) {
    let word = 0;
    const tree = parse(files[index], {
      ecmaVersion: 2022,
      sourceType: 'module',
      onToken(token) {
        word = fold(word, token.type === tokTypes.name ? -token.start : token.end);
      },
    });
    return tree.body.reduce((sum, { start, end }: Node) => fold(fold(sum, start), end), word);
  },
});
