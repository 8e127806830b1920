/** Runs a host: opens its doors, starts its run, and makes sure that what was measured reaches the files. */
import { dirname, parse } from 'node:path';
import type { OpenedHost, OpenHost } from '../control/open-host.ts';
import { toPredict } from '../predict/to-predict.ts';
import { RunFailed } from '../result/run-failed.ts';
import { formatCpuList } from '../scenario/cpu-list.ts';
import { HostServer, type PortOptions } from '../serve/host-server.ts';
import type { VerifyMode } from '../testbed/testbed.ts';
import { answerShim } from '../xl/shim-answer.ts';
import { joined, refusalOf } from './attempt.ts';
import { Ending, type Outlets, type RowsEnd } from './ending.ts';
import { linkLines } from './host-options.ts';
import { exitCodeOf } from './outcome.ts';
import type { OutputFile } from './output-file.ts';
import { closeWithin } from './run-rows.ts';

export interface PlayOptions extends Outlets {
  readonly name: string;
  readonly machine: 'hardware' | 'simulated';
  readonly baseDir: string;
  readonly isEndless: boolean;
  readonly paranoid: boolean;
  readonly verify: VerifyMode;
  /** null: no page */
  readonly port: PortOptions | null;
  /** takes what was played, as a scenario; null: it isn't wanted */
  readonly save: OutputFile | null;
  readonly open: OpenHost;
  /** said as soon as the host can be reached */
  readonly warnings: readonly string[];
  /** beside those of figures and records, for whoever ends the host from elsewhere */
  readonly pictureFiles: readonly (OutputFile | null)[];
}

/**
 * Run a host until it is stopped or comes to its end.
 * @returns the exit code; the files are written as far as they can be
 * @throws LabError when the host could not be started, or its run failed
 */
export async function playHost(options: PlayOptions): Promise<number> {
  const { recorder, name, machine, port, say } = options;
  const [row] = recorder.rows;
  const note = { name, machine, pcpus: row.scenario.pcpus };
  const server = await HostServer.open({ note, port, say });
  try {
    const ended = await runUnder(server, options);
    return conclude(server, options, ended);
  } finally {
    await server.close();
  }
}

async function runUnder(server: HostServer, options: PlayOptions): Promise<RowsEnd> {
  const { recorder, tracing, save, draw, say } = options;
  const [row] = recorder.rows;
  const planned = row.scenario;
  let opened: OpenedHost | null = null;
  /** What was played has its place beside the result; both are known only at the end. */
  const keep = (host: OpenedHost): void => {
    recorder.played(row, host.played());
  };
  const outlets: Outlets = {
    ...options,
    draw: (isHurried) => {
      const host = opened;
      const saved =
        host === null ? null : refusalOf(() => save?.write(host.playedFile(dirname(save.target))));
      return joined([saved, draw(isHurried)]);
    },
  };
  let isRunning = false;
  const ending = new Ending(outlets, {
    gather: () => {
      if (!isRunning || opened === null) return;
      isRunning = false;
      keep(opened);
      const partial = opened.snapshot();
      if (partial === null) return;
      recorder.add(row, { ...partial, order: 1, complete: false });
      tracing.keep(row);
    },
    restore: () => undefined,
  });
  const { shutdown } = ending;
  try {
    let said = '';
    const opening = options.open({
      ...options,
      scenario: row.scenario,
      trace: tracing.begin(row, options.machine),
      signal: shutdown.signal,
      onProgress: ({ phase, text }) => {
        if (phase !== 'running' && text !== said) say(text);
        said = text;
      },
    });
    const host = await opening.catch((error: unknown) => {
      // Told to end before it began: there is nothing to keep, and nothing went wrong.
      if (shutdown.exitCode === null) throw error;
      return null;
    });
    if (host === null) return ending.finish(null);
    opened = host;
    isRunning = true;
    recorder.opened(host.machine);
    const { control, commands } = host;
    const tool = (body: Uint8Array): Promise<string> =>
      answerShim(body, options.name, say, {
        command: (command) => control.command(command, 'command'),
        state: () => control.state(),
      });
    // Whoever fetches it may put it anywhere: from the root, paths are whole.
    const scenario = (): string => host.playedFile(parse(process.cwd()).root);
    server.attach({ host: control, commands, tool, scenario });
    for (const line of reachLines(server, options)) say(line);
    let failure: Error | null = null;
    try {
      const run = await host.result;
      isRunning = false;
      recorder.played(row, toPredict(run, planned, host.played()));
      // Whatever goes wrong now is complained about when it is written for good.
      if (save?.isReplaced === true) refusalOf(() => save.write(host.playedFile(dirname(save.target))));
      recorder.addLong(row, { ...run, order: 1 });
      tracing.keep(row);
    } catch (error) {
      isRunning = false;
      failure = error instanceof Error ? error : new Error(String(error));
      keep(host);
      if (error instanceof RunFailed && error.partial !== null) {
        recorder.add(row, { ...error.partial, order: 1, complete: false });
        tracing.keep(row);
      }
    }
    return ending.finish(failure);
  } finally {
    await closeWithin(opened);
    shutdown.dispose();
  }
}

/** Whoever ended the host from elsewhere learns how, too. */
function conclude(server: HostServer, options: PlayOptions, ended: RowsEnd): number {
  const files = [
    ...options.recorder.files,
    options.tracing.file,
    options.save,
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
  const [{ scenario }] = recorder.rows;
  const place = machine === 'simulated' ? 'in virtual time' : `on CPUs ${formatCpuList(scenario.pcpus)}`;
  return [
    `the host '${name}' is up ${place}; Ctrl-C or 'creditlab down --name ${name}' ends it`,
    `socket: ${socket ?? ''}`,
    ...(links === null ? [] : linkLines(links)),
    ...warnings,
  ];
}
