import pc from 'picocolors';

/** How text is dressed: colours only on a terminal, plain ASCII where the locale is not UTF-8. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly unicode: boolean;
  /** Replace what an ASCII terminal cannot show. */
  readonly text: (text: string) => string;
}

export interface StyleOptions {
  readonly color: boolean;
  readonly unicode: boolean;
}

/** No colours: for files, pipes and tests. */
export const plainStyle = createStyle({ color: false, unicode: true });

export function createStyle({ color, unicode }: StyleOptions): Style {
  const { bold, dim, red, green, yellow } = pc.createColors(color);
  return { bold, dim, red, green, yellow, unicode, text: unicode ? (text) => text : toAscii };
}

/**
 * Style for a stream, from https://no-color.org and the locale.
 * @param stream whether it is a terminal
 */
export function styleFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Style {
  const isTerminal = stream.isTTY === true && env.TERM !== 'dumb';
  const color = isTerminal && (env.NO_COLOR === undefined || env.NO_COLOR === '');
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  // A pipe or file may be read anywhere; nearly everything reads UTF-8 today. Only an explicit C locale asks for less.
  const unicode = locale === '' ? stream.isTTY !== true : /utf-?8/i.test(locale);
  return createStyle({ color, unicode });
}

const ASCII: Readonly<Record<string, string>> = {
  '✓': 'ok',
  '✗': 'WRONG',
  '×': 'x',
  '–': '-',
  µ: 'u',
  '…': '...',
  '·': '-',
};

function toAscii(text: string): string {
  return text.replace(/[✓✗×–µ…·]/g, (char) => ASCII[char]);
}
