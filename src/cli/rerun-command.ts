import { resolve } from 'node:path';
import { Command } from 'commander';
import { ExitCode } from '../base/errors.ts';
import { isPolicyPath, typeIn } from '../policy-file/policy-path.ts';
import { loadNamedPolicy } from '../scenario/policies-of.ts';
import { schedulerFromFlag } from '../scenario/scheduler-flag.ts';
import { connectHost } from '../serve/client.ts';
import type { Console } from './console.ts';
import { nameOption } from './host-options.ts';
import { withSchedulerOption } from './scenario-options.ts';

interface RerunOptions {
  readonly name?: string;
  readonly scheduler?: string;
}

const EXAMPLES = `
The VMs are those that there are now, with their parameters of now. Where the other scheduler has no such parameter,
what becomes of it is said. Results of all runs are written when the host ends.

Examples:
  creditlab rerun --scheduler credit2
  creditlab rerun --scheduler sedf --name lab`;

/** `creditlab rerun` */
export function rerunCommand(io: Console): Command {
  const command = new Command('rerun')
    .summary('run the VMs of a host again, under another scheduler')
    .description(
      'End the run of a host, and begin another one of the same VMs, under the same scheduler or another one.',
    )
    .addOption(nameOption('the only one that runs', 'host'));
  return withSchedulerOption(command, 'the one of the run that ends')
    .addHelpText('after', EXAMPLES)
    .action(async (options: RerunOptions) => {
      io.exit(await rerun(io, options));
    });
}

async function rerun(io: Console, { name, scheduler }: RerunOptions): Promise<number> {
  const written = scheduler === undefined ? {} : { scheduler: await schedulerIn(scheduler) };
  const host = await connectHost(name ?? null);
  const { words } = await host.command({ command: 'rerun', ...written });
  io.print(words);
  return ExitCode.ok;
}

/** As the host reads it, which may be in another directory. */
async function schedulerIn(option: string): Promise<Record<string, unknown>> {
  await loadNamedPolicy(option);
  const scheduler = schedulerFromFlag(option, new Map(), false);
  const type = typeIn(option);
  return isPolicyPath(type) ? { ...scheduler, type: resolve(type) } : scheduler;
}
