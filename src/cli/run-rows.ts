/** Runs a plan row by row on the hardware, and makes sure that what was measured reaches the files however it ends. */
import { LabError } from '../base/errors.ts';
import { mulberry32, shuffled } from '../base/random.ts';
import { type RowsEnd, Ending, type Outlets } from './ending.ts';
import type { RecordedRow } from './recorder.ts';
import type { ProgressView } from '../report/terminal/progress-view.ts';
import { RunFailed } from '../result/run-failed.ts';
import type { Testbed, OpenTestbed, VerifyMode } from '../testbed/testbed.ts';

/** Threads that do not end within this time end with the process. */
const CLOSE_MS = 300;

export interface RunRowsOptions extends Outlets {
  readonly progress: ProgressView;
  readonly repeat: number;
  readonly paranoid: boolean;
  readonly verify: VerifyMode;
  readonly open?: OpenTestbed;
  /** which rows run on the hardware; default: all */
  readonly rows?: readonly RecordedRow[];
  /** what comes before them, once it is certain that they can run; a signal ends it */
  readonly before?: (signal: AbortSignal) => Promise<void>;
}

/**
 * @returns when all runs are done, one has failed, or a signal came; the files are written as far as they can be
 * @throws LabError when nothing could be started
 */
export async function runRows(options: RunRowsOptions): Promise<RowsEnd> {
  const { recorder, progress, tracing, open = openHardware, rows: planned = recorder.rows } = options;
  const cpus = [...new Set(planned.flatMap(({ scenario }) => scenario.pcpus))];
  const vcpus = Math.max(
    ...planned.map(({ scenario }) => scenario.vms.reduce((sum, vm) => sum + vm.vcpus, 0)),
  );
  let testbed: Testbed | null = null;
  let running: RecordedRow | null = null;
  let order = 0;
  const ending = new Ending(options, {
    gather: () => {
      const row = running;
      running = null;
      const partial = row === null ? null : (testbed?.snapshot?.() ?? null);
      if (row === null || partial === null) return;
      recorder.add(row, { ...partial, order, complete: false });
      tracing.keep(row);
    },
    restore: () => {
      progress.end();
    },
  });
  const { shutdown } = ending;
  try {
    testbed = await open({ pcpus: cpus, vcpus, paranoid: options.paranoid, verify: options.verify });
    recorder.opened(testbed.host);
    let failure = await failureBefore(options, shutdown.signal);
    if (failure !== null) return ending.finish(failure);
    const rows = runOrder(planned, options.repeat, planned[0].scenario.seed);
    for (const row of rows) {
      if (shutdown.signal.aborted) break;
      order++;
      const label = rows.length === 1 ? row.label : `${String(order)}/${String(rows.length)} ${row.label}`;
      progress.begin(label, row.scenario);
      running = row;
      try {
        const run = await testbed.run(row.scenario, {
          trace: tracing.begin(row, 'hardware'),
          signal: shutdown.signal,
          onProgress: (state) => {
            progress.update(state);
          },
        });
        running = null;
        recorder.add(row, { ...run, order });
        tracing.keep(row);
        recorder.checkpoint();
      } catch (error) {
        running = null;
        if (!(error instanceof RunFailed) && recorder.runCount === 0) throw error;
        failure = failureOf(error);
        if (error instanceof RunFailed && error.partial !== null) {
          recorder.add(row, { ...error.partial, order, complete: false });
          tracing.keep(row);
        }
        break;
      } finally {
        progress.end();
      }
    }
    return ending.finish(failure);
  } finally {
    await closeWithin(testbed);
    shutdown.dispose();
  }
}

/** Why what comes before the rows broke off, where something is to be shown all the same; null: it didn't. */
async function failureBefore(
  { before, recorder, tracing }: RunRowsOptions,
  signal: AbortSignal,
): Promise<Error | null> {
  try {
    await before?.(signal);
    return null;
  } catch (error) {
    if (recorder.runCount > 0) return failureOf(error);
    tracing.close();
    throw error;
  }
}

/** Bad input that is found after something ran counts as a failed run, because there are results to show. */
function failureOf(error: unknown): Error {
  if (error instanceof RunFailed) return error;
  if (error instanceof LabError)
    return new RunFailed(error.message, null, { ...error.details, cause: error });
  return error instanceof Error ? error : new Error(String(error));
}

/** Close a testbed or a host, but do not wait for ever. */
export async function closeWithin(opened: Pick<Testbed, 'close'> | null): Promise<void> {
  if (opened === null) return;
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_MS);
  });
  await Promise.race([opened.close(), patience]);
  clearTimeout(timer);
}

/** Only now is the addon needed: help, listings and complaints work without it. */
export const openHardware: OpenTestbed = async (options) => {
  const { openTestbed } = await import('../host/open-testbed.ts');
  return openTestbed(options);
};

/**
 * In which order rows are run. Once each: as they are written, to be read as they come. Several times: in rounds of all
 * rows, each round in another random order, so that neither a machine that slowly gets warmer nor the row before
 * favours one of them. The same seed gives the same order.
 */
export function runOrder<Row>(rows: readonly Row[], repeat: number, seed: number): Row[] {
  if (repeat === 1) return [...rows];
  const random = mulberry32(seed);
  return Array.from({ length: repeat }, () => shuffled(rows, random)).flat();
}
