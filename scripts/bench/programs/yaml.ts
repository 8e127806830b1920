import { parse, stringify } from 'yaml';
import { cyclic } from '../../../workloads/cyclic.ts';
import { Random } from '../../../workloads/random.ts';
import { wordOfText } from '../result-word.ts';

const TEXTS = 4;

/** The YAML library `yaml`. A step parses one document and writes it again. */
export default cyclic({
  name: 'yaml',
  description: 'the YAML library yaml: parses a document of size machines and writes it again',
  defaultSize: 40,
  sizes: { min: 1, max: 2000 },
  period: () => TEXTS,
  prepare(seed, size) {
    const random = new Random(seed);
    return Array.from({ length: TEXTS }, () => documentText(random, size));
  },
  unit: (texts, index) => wordOfText(stringify(parse(texts[index]))),
});

function documentText(random: Random, machines: number): string {
  const machine = (_: unknown, i: number): string => `
  - name: vm${i} # number ${random.below(1000)}
    weight: ${random.below(65_536)}
    pin: [${Array.from({ length: 1 + random.below(4) }, () => random.below(64)).join(', ')}]
    note: >
      first line of ${random.below(1000)}
      and a second one
    work: { kind: units, units: ${random.below(1e6)}, exact: ${random.below(2) === 0} }`;
  return `machines:${Array.from({ length: machines }, machine).join('')}\n`;
}
