/** A lab's own words, laid out for the terminal. */
import type { LabTexts } from '../../scenario/lab-texts.ts';
import type { Style } from './style.ts';
import { wrapText } from '../text-layout.ts';

const INDENT = '  ';

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
