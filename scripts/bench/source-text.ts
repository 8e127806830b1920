import type { Random } from '../../workloads/random.ts';

const NOUNS = [
  'item',
  'order',
  'user',
  'node',
  'entry',
  'packet',
  'record',
  'token',
  'frame',
  'price',
] as const;
const VERBS = [
  'count',
  'merge',
  'find',
  'scale',
  'filter',
  'render',
  'update',
  'check',
  'weigh',
  'sum',
] as const;

/**
 * Source text as people write it, from a seed: functions and classes with loops, conditions, templates, comments and
 * many names. What compilers, minifiers, parsers and linters are given.
 * @param isTyped TypeScript with annotations; else the same as JavaScript
 */
export function sourceText(random: Random, functions: number, isTyped: boolean): string {
  const type = (text: string): string => (isTyped ? `: ${text}` : '');
  const head = isTyped
    ? 'export interface Item { readonly name: string; weight: number; children?: Item[] }\n'
    : '';
  const bodies = Array.from({ length: functions }, (_, i) =>
    i % 4 === 3 ? classText(random, i, type) : functionText(random, i, type),
  );
  return head + bodies.join('\n');
}

type Annotation = (type: string) => string;

function functionText(random: Random, index: number, type: Annotation): string {
  const [verb, noun, other] = [pick(random, VERBS), pick(random, NOUNS), pick(random, NOUNS)];
  const [limit, factor] = [random.below(1000), 1 + random.below(99)];
  const [items, options] = [type('readonly Item[]'), type('{ deep: boolean; label?: string }')];
  const label = `\`${noun} \${total.toFixed(2)} of \${options.label?.toUpperCase() ?? 'none'}\``;
  return `
/** Looks at each ${noun} whose weight is over ${limit}. */
export function ${verb}${index}(${noun}s${items}, options${options}) {
  const found${type('Map<string, number>')} = new Map();
  let total = 0;
  for (const [position, ${noun}] of ${noun}s.entries()) {
    const { name, weight, children = [] } = ${noun};
    if (weight > ${limit} && name !== '${other}${factor}') {
      total += weight * ${factor} - position;
      found.set(name, (found.get(name) ?? 0) + weight);
    } else if (options.deep && children.length > 0) {
      total += ${verb}${index}(children, { ...options, deep: position % ${1 + random.below(9)} === 0 }).total;
    } else {
      continue; // nothing to add for ${other}
    }
  }
  const ${other}Names = [...found.keys()].filter((key) => key.length > ${random.below(20)}).map((key) => key.trim());
  return { total, names: ${other}Names, label: ${label} };
}
`;
}

function classText(random: Random, index: number, type: Annotation): string {
  const [noun, verb, limit] = [pick(random, NOUNS), pick(random, VERBS), 2 + random.below(500)];
  const [text, change, number] = [type('string'), type('(weight: number) => number'), type('number')];
  return `
export class Store${index} {
  #${noun}s${type('Map<string, Item>')} = new Map();
  constructor(first${type('Item | null')} = null) {
    if (first !== null) this.#${noun}s.set(first.name, first);
  }
  ${verb}(name${text}, change${change} = (weight) => weight + ${limit})${number} {
    const ${noun} = this.#${noun}s.get(name);
    switch (${noun}?.weight) {
      case undefined:
        throw new RangeError('no ${noun} ' + name);
      case 0:
      case ${limit}:
        return -1;
      default:
        ${noun}.weight = change(${noun}.weight) << ${random.below(8)};
    }
    try {
      return JSON.parse('[' + ${noun}.weight + ']')[0] % ${limit};
    } finally {
      this.#${noun}s.delete(name.replace(/[^a-z]{${1 + random.below(4)},}/g, '_'));
    }
  }
  get size()${type('number')} {
    return this.#${noun}s.size;
  }
}
`;
}

function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[random.below(choices.length)];
}
