import { Command, CommanderError } from 'commander';
import { ExitCode, LabError } from '../base/errors.ts';
import { packageVersion } from '../base/package-root.ts';
import type { Console } from './console.ts';
import { conformCommand } from './conform-command.ts';
import { doctorCommand } from './doctor-command.ts';
import { exitCodesHelp } from './exit-codes.ts';
import { labCommand } from './lab-command.ts';
import { runCommand } from './run-command.ts';
import { simCommand } from './sim-command.ts';
import { traceCommand } from './trace-command.ts';
import { workloadsCommand } from './workloads-command.ts';

/**
 * Run the command line.
 * @param argv arguments without the interpreter and the script
 */
export async function runProgram(argv: readonly string[], io: Console): Promise<void> {
  try {
    await createProgram(io).parseAsync(argv, { from: 'user' });
  } catch (error) {
    io.exit(report(error, io));
  }
}

function createProgram(io: Console): Command {
  const program = new Command('creditlab')
    .description("Xen's credit scheduler on real cores: vCPUs are threads that run real programs.")
    .version(packageVersion(), '-V, --version', 'print the version')
    .addHelpText('after', '\nStart with: creditlab lab weights-and-caps');
  const commands = [
    runCommand,
    labCommand,
    simCommand,
    conformCommand,
    traceCommand,
    workloadsCommand,
    doctorCommand,
  ];
  for (const command of commands) program.addCommand(command(io));
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .helpOption('-h, --help', 'print this help')
      .configureOutput({
        writeOut: (text) => io.stdout.write(text),
        writeErr: (text) => io.stderr.write(text),
        outputError: (text) => {
          io.say(text.trim().replace(/^error: /, ''));
        },
      })
      .addHelpText('after', exitCodesHelp(command.name()))
      .showHelpAfterError(
        `  hint: ${[...(command === program ? [] : ['creditlab']), command.name()].join(' ')} --help`,
      );
  }
  return program.helpCommand('help [command]', 'print the help of a command');
}

/** Say what went wrong, once. @returns the exit code */
function report(error: unknown, io: Console): number {
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.badInput;
  if (error instanceof LabError) {
    io.say(error.describe());
    return error.exitCode;
  }
  io.say(`unexpected error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return ExitCode.failed;
}
