import { transform } from 'lightningcss';
import { cyclic } from '../../../workloads/cyclic.ts';
import { Random } from '../../../workloads/random.ts';
import { wordOfBytes } from '../result-word.ts';

const SHEETS = 4;
/** Chrome 80: nested rules and modern colours are rewritten. */
const targets = { chrome: 80 << 16 };

/**
 * The CSS compiler lightningcss: a prebuilt native addon, written in Rust, that works in the thread that calls it. A
 * step parses, rewrites and minifies one style sheet, all of it in library code: its thread can be paused only at the
 * end of the step.
 */
export default cyclic({
  name: 'lightningcss',
  description: 'the native CSS compiler lightningcss: transforms a sheet of size rules',
  defaultSize: 400,
  sizes: { min: 1, max: 10_000 },
  period: () => SHEETS,
  prepare(seed, size) {
    const random = new Random(seed);
    return Array.from({ length: SHEETS }, () => new TextEncoder().encode(sheetText(random, size)));
  },
  unit: (sheets, index) =>
    wordOfBytes(transform({ filename: `${index}.css`, code: sheets[index], minify: true, targets }).code),
});

function sheetText(random: Random, rules: number): string {
  return Array.from(
    { length: rules },
    (_, i) => `
.part${i} > .name:hover, a[href^="x${random.below(100)}"] {
  color: rgb(${random.below(256)} ${random.below(256)} 20 / 50%);
  margin: ${random.below(50)}px 0px 0px;
  transition: opacity ${random.below(900)}ms ease-in-out;
  & .inner { display: flex; width: calc(100% - ${random.below(90)}px + 2px); background: url("p${i}.png") no-repeat }
}`,
  ).join('\n');
}
