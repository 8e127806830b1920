import { printable } from '../base/text.ts';

const MAX_WIDTH = 100;

/**
 * A line of source with a caret under one column, and the line before it for orientation.
 * @param line from 1
 * @param col from 1
 */
export function excerpt(source: string, line: number, col: number): string {
  const lines = source.split(/\r\n|\n|\r/);
  const width = String(line).length;
  const out: string[] = [];
  const before = lines[line - 2];
  if (before !== undefined && before.trim() !== '') {
    out.push(`  ${String(line - 1).padStart(width)} | ${printable(before).slice(0, MAX_WIDTH)}`);
  }
  const { text, caret } = clip(printable(lines[line - 1] ?? ''), col - 1);
  out.push(`  ${String(line)} | ${text}`.trimEnd());
  out.push(`  ${' '.repeat(width)} | ${' '.repeat(caret)}^`);
  return out.join('\n');
}

/** One line of an option's text with a caret under an offset (from 0). */
export function optionExcerpt(text: string, offset: number): string {
  const clipped = clip(printable(text), offset);
  return `    ${clipped.text}\n    ${' '.repeat(clipped.caret)}^`;
}

function clip(text: string, caret: number): { text: string; caret: number } {
  if (text.length <= MAX_WIDTH) return { text, caret };
  const from = Math.max(0, Math.min(caret - MAX_WIDTH / 2, text.length - MAX_WIDTH));
  const part = text.slice(from, from + MAX_WIDTH);
  return from === 0 ? { text: `${part}…`, caret } : { text: `…${part}`, caret: caret - from + 1 };
}
