import { fileURLToPath } from 'node:url';
import { Argument, Command } from 'commander';
import { ExitCode } from '../base/errors.ts';
import { siblingModule } from '../base/package-root.ts';
import { bashCompletion } from './completion/bash.ts';
import { fishCompletion } from './completion/fish.ts';
import { completionModel, type CommandModel } from './completion/model.ts';
import type { Asking } from './completion/quote.ts';
import { zshCompletion } from './completion/zsh.ts';
import type { Console } from './console.ts';

const SHELLS = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
} as const satisfies Record<string, (program: CommandModel, asking: Asking) => string>;
type Shell = keyof typeof SHELLS;

const HELP = `
For the shell that runs, or in its start-up file:
  source <(creditlab completion bash)
  source <(creditlab completion zsh)         after compinit
  creditlab completion fish | source
For bin/xl, too:
  complete -F _creditlab xl                  bash
  compdef _creditlab_xl xl                   zsh
  complete -c xl -w 'creditlab xl'           fish`;

/** `creditlab completion SHELL` */
export function completionCommand(io: Console): Command {
  return new Command('completion')
    .summary('print what completes commands, options and names in a shell')
    .description(
      'Print a script for a shell that completes commands, options, labs, workloads, files, and the names of running ' +
        'hosts and their VMs.',
    )
    .addArgument(new Argument('<shell>', 'which one').choices(Object.keys(SHELLS)))
    .addHelpText('after', HELP)
    .action((shell: Shell, _: unknown, command: Command) => {
      if (command.parent === null) throw new Error('completion is a command of the program');
      const script = fileURLToPath(siblingModule('completion/live-names', import.meta.url));
      const asking = { command: [process.execPath, ...process.execArgv, script] };
      io.print(SHELLS[shell](completionModel(command.parent), asking).trimEnd());
      io.exit(ExitCode.ok);
    });
}
