import {
  VERDICT_MEANING,
  VERDICTS,
  worstOfVerdicts,
  type Certificate,
  type Verdict,
} from '../../result/verdict.ts';
import type { RunResult } from '../../result/result.ts';
import { wrapItem, wrapText } from '../text-layout.ts';
import type { Style } from './style.ts';

/** The verdict on one run, and its reasons, an item each. */
export function verdictLines({ verdict, reasons }: Certificate, style: Style, width = Infinity): string {
  const head = wrapText(`Verdict: ${verdict}: ${VERDICT_MEANING[verdict]}.`, width);
  const shown = head.replace(verdict, style.bold(colored(verdict, style)));
  return [shown, ...reasons.map((reason) => wrapItem(style.text(reason), width, '- '))].join('\n');
}

/** How many runs got which verdict, and why the first of the worst ones did. Empty when there is none. */
export function verdictSummary(
  runs: readonly { readonly label: string; readonly run: RunResult }[],
  style: Style,
  width: number,
): string {
  const judged = runs.flatMap(({ label, run: { certificate } }) =>
    certificate === undefined ? [] : [{ label, certificate }],
  );
  if (judged.length === 0) return '';
  const of = (verdict: Verdict) => judged.filter(({ certificate }) => certificate.verdict === verdict);
  const counts = VERDICTS.map((verdict) => [of(verdict).length, verdict] as const)
    .filter(([count]) => count > 0)
    .map(([count, verdict]) => `${count} ${colored(verdict, style)}`);
  const noun = judged.length === 1 ? 'run' : 'runs';
  const lines = [`Verdict on ${judged.length} ${noun}: ${counts.join(', ')}.`];
  const worst = worstOfVerdicts(judged.map(({ certificate }) => certificate.verdict));
  if (worst !== 'good') {
    const [{ label, certificate }] = of(worst);
    lines.push(wrapItem(style.text(`${label}: ${certificate.reasons.join('; ')}`), width, '- '));
  }
  return lines.join('\n');
}

function colored(verdict: Verdict, style: Style): string {
  switch (verdict) {
    case 'good':
      return style.green(verdict);
    case 'usable':
      return style.yellow(verdict);
    case 'do not trust':
      return style.red(verdict);
  }
}
