/** Runs a host: opens its doors, starts its run, and makes sure that what was measured reaches the files. */
import { parse } from 'node:path';
import type { OpenedHost, OpenHost } from '../control/open-host.ts';
import { toPredict } from '../predict/to-predict.ts';
import { RunFailed } from '../result/run-failed.ts';
import { formatCpuList } from '../scenario/cpu-list.ts';
import { HostServer, type PortOptions } from '../serve/host-server.ts';
import type { VerifyMode } from '../testbed/testbed.ts';
import { answerShim } from '../xl/shim-answer.ts';
import { joined } from './attempt.ts';
import { Ending, type Outlets, type RowsEnd } from './ending.ts';
import { linkLines } from './host-options.ts';
import { exitCodeOf } from './outcome.ts';
import type { OutputFile } from './output-file.ts';
import { PlayedFiles } from './played-files.ts';
import type { RecordedRow } from './recorder.ts';
import { closeWithin } from './run-rows.ts';
import type { Shutdown } from './shutdown.ts';

export interface PlayOptions extends Outlets {
  readonly name: string;
  readonly machine: 'hardware' | 'simulated';
  readonly baseDir: string;
  readonly isEndless: boolean;
  readonly paranoid: boolean;
  readonly verify: VerifyMode;
  /** null: no page */
  readonly port: PortOptions | null;
  /** takes what was played, as a scenario, of each run in a file of its own; null: it isn't wanted */
  readonly save: OutputFile | null;
  readonly open: OpenHost;
  /** said as soon as the host can be reached */
  readonly warnings: readonly string[];
  /** beside those of figures and records, for whoever ends the host from elsewhere */
  readonly pictureFiles: readonly (OutputFile | null)[];
}

/**
 * Run a host until it is stopped or comes to its end: one run, or one after the other where that is asked for.
 * @returns the exit code; the files are written as far as they can be
 * @throws LabError when the host could not be started, or its run failed
 */
export async function playHost(options: PlayOptions): Promise<number> {
  const { recorder, name, machine, port, say } = options;
  const [row] = recorder.rows;
  const note = { name, machine, pcpus: row.scenario.pcpus };
  const server = await HostServer.open({ note, port, say });
  try {
    const saves = new PlayedFiles(options.save);
    const ended = await runUnder(server, options, saves);
    return conclude(server, options, saves, ended);
  } finally {
    await server.close();
  }
}

async function runUnder(server: HostServer, options: PlayOptions, saves: PlayedFiles): Promise<RowsEnd> {
  const { recorder, tracing, draw } = options;
  let under: RunUnderWay | null = null;
  const outlets: Outlets = {
    ...options,
    draw: (isHurried) => joined([saves.write(under?.host ?? null), draw(isHurried)]),
  };
  const ending = new Ending(outlets, {
    gather: () => {
      if (under === null) return;
      const { row, host } = under;
      under = null;
      saves.ended(host);
      recorder.played(row, host.played());
      const partial = host.snapshot();
      if (partial === null) return;
      recorder.add(row, { ...partial, order: 1, complete: false });
      tracing.keep(row);
    },
    restore: () => undefined,
  });
  const { shutdown } = ending;
  try {
    for (let row = recorder.rows[0]; ;) {
      let host: OpenedHost | null;
      try {
        host = await open(row, options, shutdown);
      } catch (error) {
        // What came before was measured.
        if (recorder.runCount > 0) return ending.finish(asError(error));
        throw error;
      }
      if (host === null) return ending.finish(null);
      try {
        const running = { row, host };
        under = running;
        recorder.opened(host.machine);
        attach(server, host, options);
        const failure = await measured(running, options, () => {
          under = null;
          saves.ended(running.host);
        });
        const next = host.next();
        if (failure !== null || next === null || shutdown.exitCode !== null) return ending.finish(failure);
        // At once: a stop that the run before took now would be of no effect.
        server.detach();
        row = recorder.another(next.scenario);
        saves.another();
      } finally {
        await closeWithin(host);
      }
    }
  } finally {
    shutdown.dispose();
  }
}

interface RunUnderWay {
  readonly row: RecordedRow;
  readonly host: OpenedHost;
}

/** @returns null: it was told to end before it began, and there is nothing to keep */
async function open(row: RecordedRow, options: PlayOptions, shutdown: Shutdown): Promise<OpenedHost | null> {
  let said = '';
  const opening = options.open({
    ...options,
    scenario: row.scenario,
    trace: options.tracing.begin(row, options.machine),
    signal: shutdown.signal,
    onProgress: ({ phase, text }) => {
      if (phase !== 'running' && text !== said) options.say(text);
      said = text;
    },
  });
  return opening.catch((error: unknown) => {
    if (shutdown.exitCode === null) throw error;
    return null;
  });
}

/** Open the doors to a run that is under way. */
function attach(server: HostServer, host: OpenedHost, options: PlayOptions): void {
  const { control, commands } = host;
  const { name, say } = options;
  const tool = (body: Uint8Array): Promise<string> =>
    answerShim(body, name, say, {
      command: (command) => control.command(command, 'command'),
      state: () => control.state(),
    });
  // Whoever fetches it may put it anywhere: from the root, paths are whole.
  const scenario = (): string => host.playedFile(parse(process.cwd()).root);
  server.attach({ host: control, commands, tool, scenario });
  for (const line of reachLines(server, options)) say(line);
}

/**
 * Keep what a run measures.
 * @param onEnd called as soon as it has ended
 * @returns why it failed, or null
 */
async function measured(
  { host, row }: RunUnderWay,
  { recorder, tracing }: PlayOptions,
  onEnd: () => void,
): Promise<Error | null> {
  const order = recorder.rows.length;
  const planned = row.scenario;
  try {
    const run = await host.result.finally(onEnd);
    recorder.played(row, toPredict(run, planned, host.played()));
    recorder.addLong(row, { ...run, order });
    tracing.keep(row);
    return null;
  } catch (error) {
    if (error instanceof RunFailed && error.partial !== null) {
      recorder.played(row, host.played());
      recorder.add(row, { ...error.partial, order, complete: false });
      tracing.keep(row);
    }
    return asError(error);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Whoever ended the host from elsewhere learns how, too. */
function conclude(server: HostServer, options: PlayOptions, saves: PlayedFiles, ended: RowsEnd): number {
  const files = [
    ...options.recorder.files,
    options.tracing.file,
    ...saves.files,
    ...options.pictureFiles,
  ].flatMap((file) => (file === null ? [] : [{ option: file.option, path: file.target }]));
  try {
    const exitCode = exitCodeOf(ended, options.recorder.rows, options.say);
    server.ended({ exitCode, files, error: ended.writeFailure?.describe() ?? null });
    return exitCode;
  } catch (error) {
    server.ended({ exitCode: 1, files, error: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

function reachLines(
  { socket, links }: HostServer,
  { name, recorder, machine, warnings }: PlayOptions,
): string[] {
  const { rows } = recorder;
  const { scenario } = rows[rows.length - 1];
  if (rows.length > 1) return [`run ${String(rows.length)} is under way, under ${scenario.scheduler.type}`];
  const place = machine === 'simulated' ? 'in virtual time' : `on CPUs ${formatCpuList(scenario.pcpus)}`;
  return [
    `the host '${name}' is up ${place}; Ctrl-C or 'creditlab down --name ${name}' ends it`,
    `socket: ${socket ?? ''}`,
    ...(links === null ? [] : linkLines(links)),
    ...warnings,
  ];
}
