import { ExitCode, LabError } from '../../src/base/errors.ts';
import type { Bench, BenchContext } from './bench.ts';
import type { Comparison } from './comparison.ts';
import { type Figure, figureOf } from './figure.ts';
import { watchNoise } from './noise.ts';
import type { ProgramRun } from './program-run.ts';
import type { BenchReport } from './report.ts';

/** One after the other. A bench that breaks off doesn't keep the others from running; an abort ends them all. */
export async function runBenches(
  benches: readonly Bench[],
  base: Omit<BenchContext, 'add' | 'compare' | 'program' | 'say'> & { readonly say: (line: string) => void },
): Promise<BenchReport[]> {
  const reports: BenchReport[] = [];
  for (const bench of benches) {
    if (base.signal.aborted) break;
    const { name, description } = bench;
    const figures: Figure[] = [];
    const comparisons: Comparison[] = [];
    const programs: ProgramRun[] = [];
    const noise = watchNoise();
    let failure: string | null = null;
    try {
      await bench.run({
        ...base,
        add: (measurement) => figures.push(figureOf(measurement)),
        compare: (comparison) => comparisons.push(comparison),
        program: (run) => programs.push(run),
        say: (text) => base.say(`${name}: ${text}`),
      });
    } catch (error) {
      failure = base.signal.aborted ? 'interrupted' : failureOf(error);
    }
    reports.push({ name, description, figures, comparisons, programs, failure, noise: noise() });
  }
  return reports;
}

export function exitCodeOf(reports: readonly BenchReport[]): number {
  return reports.every(({ failure }) => failure === null) ? ExitCode.ok : ExitCode.failed;
}

function failureOf(error: unknown): string {
  if (error instanceof LabError) return error.describe().replace(/\s*\n\s*/g, '; ');
  return error instanceof Error ? error.message : String(error);
}
