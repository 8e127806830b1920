import { Command } from 'commander';
import { ExitCode, LabError } from '../base/errors.ts';
import { connectHost, type HostClient } from '../serve/client.ts';
import { isAlive } from '../serve/host-names.ts';
import type { Console } from './console.ts';
import { nameOption } from './host-options.ts';

interface DownOptions {
  readonly name?: string;
}

/** `creditlab down` */
export function downCommand(io: Console): Command {
  return new Command('down')
    .summary('end a host')
    .description("End a host that 'creditlab up' started, wait until its results are written, and say where.")
    .addOption(nameOption('the only one that runs', 'host'))
    .action(async ({ name }: DownOptions) => {
      io.exit(await down(io, name ?? null));
    });
}

async function down(io: Console, name: string | null): Promise<number> {
  const host = await connectHost(name);
  // Asked for first: the host may be gone before the next question.
  const end = host.ended();
  const stopped = host.command({ command: 'stop' }).catch(async (error: unknown) => {
    // One that is ending already can't be stopped once more.
    if (await isEnding(host)) return;
    throw error;
  });
  const [{ files, error }] = await Promise.all([end, stopped]);
  const lines = files.map(({ option, path }) => `  ${option} ${path}`);
  const where = lines.length === 0 ? 'its results are on its own terminal' : 'its results:';
  io.print([`The host '${host.name}' has ended; ${where}`, ...lines].join('\n'));
  if (error === null) return ExitCode.ok;
  throw new LabError('RUN_FAILED', `the host '${host.name}' failed`, { got: error });
}

async function isEnding(host: HostClient): Promise<boolean> {
  try {
    return (await host.state()).phase === 'ended';
  } catch {
    // Either it is gone, or it has been starting for so long, and takes nothing yet.
    return !(await isAlive(host.socket));
  }
}
