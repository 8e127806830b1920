/** What the doctor found, for a terminal: a line for what is good, more for what isn't. */
import type { Finding, FindingLevel, Probe } from '../../doctor/diagnosis.ts';
import { inWords } from '../../doctor/precision.ts';
import type { Recommendation } from '../../cpus/host-cpus.ts';
import { formatCpuList } from '../../scenario/cpu-list.ts';
import { wrapText } from '../text-layout.ts';
import type { Style } from './style.ts';

const TITLE_WIDTH = 17;
const MARK_WIDTH = 2;
/** A character that no text has. */
const GLUE = '\ue000';
const INDENT = ' '.repeat(MARK_WIDTH + TITLE_WIDTH);

/** @param width of a line, in columns */
export function findingText(finding: Finding, width: number, style: Style): string {
  const { level, title, state, consequence, remedy } = finding;
  const body = [
    state,
    ...(consequence === null ? [] : [consequence]),
    ...(remedy === null ? [] : [`remedy: ${remedy}`]),
  ].flatMap((text) => wrap(text, width - INDENT.length, style).split('\n'));
  const head = `${mark(level, style)} ${title.padEnd(TITLE_WIDTH)}${body[0]}`;
  const tail = body.slice(1).map((line) => INDENT + (level === 'bad' ? line : style.dim(line)));
  return [head, ...tail].join('\n');
}

export interface Summary {
  readonly recommended: Recommendation;
  readonly probe: Probe | null;
  readonly findings: readonly Finding[];
}

/** The last lines: which CPUs to use, what precision to expect, and whether anything spoils timings. */
export function summaryText({ recommended, probe, findings }: Summary, width: number, style: Style): string {
  const lines: string[] = [];
  const { pcpus, why } = recommended;
  const because = why === '' ? '' : ` (${why})`;
  if (pcpus.length > 0) lines.push(`Recommended: --pcpus ${formatCpuList(pcpus)}${because}.`);
  if (probe !== null) lines.push(`Expect ${inWords(probe)}.`);
  const bad = findings.filter(({ level }) => level === 'bad').map(({ title }) => title);
  lines.push(
    bad.length === 0
      ? 'Nothing was found that spoils timings.'
      : `Not fit for timings because of: ${bad.join(', ')}.`,
  );
  return lines.map((line) => wrap(line, width, style)).join('\n');
}

/** Fold, but leave commands whole: they are there to be copied. */
function wrap(text: string, width: number, style: Style): string {
  const glued = style.text(text).replace(/`[^`]*`/g, (command) => command.replaceAll(' ', GLUE));
  return wrapText(glued, width).replaceAll(GLUE, ' ');
}

function mark(level: FindingLevel, style: Style): string {
  switch (level) {
    case 'good':
      return style.green(style.unicode ? '✓' : '+');
    case 'notice':
      return style.yellow('!');
    case 'bad':
      return style.red(style.unicode ? '✗' : 'X');
    case 'unknown':
      return style.dim('?');
  }
}
