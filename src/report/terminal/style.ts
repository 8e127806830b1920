import pc from 'picocolors';

/** How text is dressed: colours only on a terminal, plain ASCII where the locale is not UTF-8. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  /** On the colour of the VM with this number; 8 colours that colour-blind people tell apart take turns. */
  readonly onVm: (vm: number, text: string) => string;
  /** In that colour. */
  readonly inVm: (vm: number, text: string) => string;
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
  return {
    bold,
    dim,
    red,
    green,
    yellow,
    onVm: color ? (vm, text) => paint(...paletteOf(vm), text) : (_, text) => text,
    inVm: color ? (vm, text) => `\x1b[38;5;${paletteOf(vm)[0]}m${text}\x1b[39m` : (_, text) => text,
    unicode,
    text: unicode ? (text) => text : toAscii,
  };
}

/** The colours of Okabe and Ito, as near as a terminal's 256 come, each with the letters that can be read on it. */
const PALETTE: readonly (readonly [number, number])[] = [
  [214, 16], // orange
  [74, 16], // sky blue
  [36, 16], // bluish green
  [227, 16], // yellow
  [25, 231], // blue
  [166, 16], // vermilion
  [175, 16], // reddish purple
  [247, 16], // grey
];

function paletteOf(vm: number): readonly [number, number] {
  return PALETTE[vm % PALETTE.length];
}

function paint(color: number, letters: number, text: string): string {
  return `\x1b[48;5;${color};38;5;${letters}m${text}\x1b[39;49m`;
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
  '−': '-',
  µ: 'u',
  '…': '...',
  '→': '->',
  '·': '-',
};

function toAscii(text: string): string {
  return text.replace(/[✓✗×–−µ…·→]/g, (char) => ASCII[char]);
}
