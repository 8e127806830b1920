/** Text in lines: how wide, and where they end. */

const NARROWEST = 40;
/** Longer lines are hard to read. */
const WIDEST = 100;
const USUAL_WIDTH = 80;
const INDENT = '  ';
/** In place of a space at which a line must not end. */
const GLUE = '\u2060';

/** How wide text is on a stream: as wide as the terminal, else 80 columns. */
export function textWidth(stream: { readonly columns?: number }): number {
  return Math.min(Math.max(columnsOf(stream), NARROWEST), WIDEST);
}

/** How much room a stream has for tables and pictures. */
export function columnsOf({ columns = USUAL_WIDTH }: { readonly columns?: number }): number {
  return columns;
}

/** Fold paragraphs to a width, with an empty line between them; tables stay as they are. */
export function wrapText(text: string, width: number): string {
  return blocksOf(text)
    .map(({ isTable, text: block }) => (isTable ? block : fold(block, width)))
    .join('\n\n');
}

/** Fold an item of a list; its further lines are indented. @param bullet what it begins with */
export function wrapItem(text: string, width: number, bullet = ''): string {
  // A number stays with its unit, and with what it is the value of.
  const glued = text
    .replace(/(?<=\bp) ([=<]) (?=\d)/g, `${GLUE}$1${GLUE}`)
    .replace(/(?<=\d) (?=(?:s|ms|µs|us|%)(?!\w))/g, GLUE);
  const lines = wrapText(glued, width - INDENT.length)
    .replaceAll(GLUE, ' ')
    .split('\n');
  return lines.map((line, i) => (i === 0 ? bullet : INDENT) + line).join('\n');
}

export interface TextBlock {
  readonly isTable: boolean;
  /** of a table all lines, else a single one */
  readonly text: string;
}

/**
 * The paragraphs and tables of a text. A line is a paragraph, as YAML's `>` makes them; lines that begin with a space
 * are a table.
 */
export function blocksOf(text: string): TextBlock[] {
  const blocks: TextBlock[] = [];
  let wasTable = false;
  for (const line of text.split('\n')) {
    const isTable = line.startsWith(' ');
    const shown = line.trimEnd();
    if (isTable && wasTable) blocks.push({ isTable, text: `${blocks.pop()?.text ?? ''}\n${shown}` });
    else if (shown !== '') blocks.push({ isTable, text: shown });
    wasTable = isTable;
  }
  return blocks;
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
