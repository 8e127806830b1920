import { Marked } from 'marked';
import { cyclic } from '../../../workloads/cyclic.ts';
import { Random } from '../../../workloads/random.ts';
import { wordOfText } from '../result-word.ts';

const TEXTS = 4;
const WORDS = [
  'credit',
  'weight',
  '*cap*',
  '**slice**',
  '`park()`',
  '[a link](#part)',
  'the',
  'of',
  'a',
  'wakes',
  'vCPU',
  'is',
];

/**
 * The Markdown compiler marked. A step renders one document, with headings, lists, tables, quotes and code, to HTML.
 */
export default cyclic({
  name: 'marked',
  description: 'the Markdown compiler marked: renders a document of size sections',
  defaultSize: 30,
  sizes: { min: 1, max: 1000 },
  period: () => TEXTS,
  prepare(seed, size) {
    const random = new Random(seed);
    return { marked: new Marked(), texts: Array.from({ length: TEXTS }, () => documentText(random, size)) };
  },
  unit: ({ marked, texts }, index) => wordOfText(marked.parse(texts[index], { async: false })),
});

function documentText(random: Random, sections: number): string {
  const words = (count: number): string =>
    Array.from({ length: count }, () => WORDS[random.below(WORDS.length)]).join(' ');
  return Array.from({ length: sections }, (_, i) =>
    [
      `## ${i} ${words(3)}`,
      words(60),
      `- ${words(8)}\n- ${words(8)}\n  1. ${words(5)}\n  2. ${words(5)}`,
      `| ${words(2)} | number |\n| --- | ---: |\n| ${words(2)} | ${random.below(1000)} |`,
      `> ${words(20)}`,
      `\`\`\`js\nlet x${i} = ${random.below(1000)};\n\`\`\``,
    ].join('\n\n'),
  ).join('\n\n');
}
