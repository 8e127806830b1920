/** A lab's own words, laid out for the terminal. */
import type { LabTexts } from '../scenario/lab-texts.ts';
import type { Style } from './style.ts';

const NARROWEST = 40;
/** Longer lines are hard to read. */
const WIDEST = 100;
const USUAL_WIDTH = 80;
const INDENT = '  ';

/** How wide text is on a stream: as wide as the terminal, else 80 columns. */
export function textWidth({ columns = USUAL_WIDTH }: { readonly columns?: number }): number {
  return Math.min(Math.max(columns, NARROWEST), WIDEST);
}

/** What is said before the run: what is asked, what to predict, what to look at. Empty if the lab says none of it. */
export function labIntroduction(texts: LabTexts, width: number, style: Style): string {
  const parts = [
    ['Question', texts.question],
    ['Predict', texts.predict],
    ['Look at', texts.look],
  ] as const;
  return parts
    .flatMap(([title, text]) => (text === undefined ? [] : [section(title, text, width, style)]))
    .join('\n\n');
}

/** What is said after the run; empty if the lab explains nothing. */
export function labExplanation({ explanation }: LabTexts, width: number, style: Style): string {
  return explanation === undefined ? '' : section('Explanation', explanation, width, style);
}

function section(title: string, text: string, width: number, style: Style): string {
  const body = wrapText(style.text(text), width - INDENT.length);
  return [style.bold(title), ...body.split('\n').map((line) => (INDENT + line).trimEnd())].join('\n');
}

/**
 * Fold paragraphs to a width, with an empty line between them. A line is a paragraph, as YAML's `>` makes them; lines that
 * begin with a space are a table and stay as they are.
 */
export function wrapText(text: string, width: number): string {
  const blocks: string[] = [];
  let wasTable = false;
  for (const line of text.split('\n')) {
    const isTable = line.startsWith(' ');
    if (isTable && wasTable) blocks.push(`${blocks.pop() ?? ''}\n${line.trimEnd()}`);
    else if (line.trim() !== '') blocks.push(isTable ? line.trimEnd() : fold(line, width));
    wasTable = isTable;
  }
  return blocks.join('\n\n');
}

function fold(paragraph: string, width: number): string {
  const lines: string[] = [];
  for (const word of paragraph.trim().split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join('\n');
}
