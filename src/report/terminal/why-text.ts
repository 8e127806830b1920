import type { Explanation } from '../../trace/words/why.ts';
import { wrapText } from '../text-layout.ts';
import type { Style } from './style.ts';

/** In place of a space at which a line must not end. */
const GLUE = '\u2060';
const LEAST_TITLE_WIDTH = 'accounting'.length;

/** An explanation as a block of text, folded to a width. */
export function whyText({ headline, parts }: Explanation, width: number, style: Style): string {
  const lines = [style.bold(fold(headline, width, style))];
  const titleWidth = Math.max(LEAST_TITLE_WIDTH, ...parts.map(({ title }) => title.length)) + 4;
  for (const { title, text } of parts) {
    const folded = fold(text, width - titleWidth, style).split('\n');
    folded.forEach((line, i) => {
      const head = i === 0 ? style.dim(`  ${title}`.padEnd(titleWidth)) : ' '.repeat(titleWidth);
      lines.push(head + line);
    });
  }
  return lines.join('\n');
}

/** A number stays with its unit, and its digits together. */
function fold(text: string, width: number, style: Style): string {
  const glued = style.text(text).replace(/(?<=\d) (?=\d{3} s\b|(?:s|ms|µs|us|ns|%)(?!\w))/g, GLUE);
  return wrapText(glued, width).replaceAll(GLUE, ' ');
}
