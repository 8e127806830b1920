/** Why runs aren't good. Many runs have the same to say, with other figures: they say it once. */
import { VERDICTS, type Certificate, type Verdict } from '../../result/verdict.ts';

export interface Certified {
  readonly name: string;
  readonly certificate: Certificate;
}

/** The same reason of several runs. */
export interface SharedReason {
  /** with the range of each figure in place of the figure */
  readonly text: string;
  /** names of the runs */
  readonly runs: readonly string[];
}

interface Group {
  readonly verdict: Verdict;
  /** per run its sentence, cut at its figures */
  readonly sentences: { readonly name: string; readonly parts: readonly string[] }[];
}

/** Figures and vCPUs: what differs where two runs say the same. */
const FIGURE = /(\S+\/v\d+|\d+(?:\.\d+)?)/;

/** @returns those of the worst verdict first, and of these what most runs say */
export function sharedReasons(certified: readonly Certified[]): SharedReason[] {
  const groups = new Map<string, Group>();
  for (const { name, certificate } of certified) {
    const { verdict, reasons } = certificate;
    for (const reason of verdict === 'good' ? [] : reasons) {
      const parts = reason.split(FIGURE);
      const key = `${verdict}: ${parts.filter((_, i) => i % 2 === 0).join('#')}`;
      const group = groups.get(key) ?? { verdict, sentences: [] };
      group.sentences.push({ name, parts });
      groups.set(key, group);
    }
  }
  return [...groups.values()]
    .sort(
      (a, b) =>
        VERDICTS.indexOf(b.verdict) - VERDICTS.indexOf(a.verdict) || b.sentences.length - a.sentences.length,
    )
    .map(({ sentences }) => ({
      text: sentences[0].parts
        .map((part, i) => (i % 2 === 0 ? part : range(sentences.map(({ parts }) => parts[i]))))
        .join(''),
      runs: sentences.map(({ name }) => name),
    }));
}

/** The least and the greatest; of names all. */
function range(figures: readonly string[]): string {
  const different = [...new Set(figures)];
  if (different.length === 1) return different[0];
  if (different.some((figure) => Number.isNaN(Number(figure)))) return different.join(', ');
  different.sort((a, b) => Number(a) - Number(b));
  return `${different[0]} to ${different[different.length - 1]}`;
}
