import { Command, CommanderError } from 'commander';
import { ExitCode, LabError, unexpectedError } from '../base/errors.ts';
import { packageVersion } from '../base/package-root.ts';
import type { Console } from './console.ts';
import { exitCodesHelp } from './exit-codes.ts';

/** In the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<(io: Console) => Command>>> = {
  run: async () => (await import('./run-command.ts')).runCommand,
  lab: async () => (await import('./lab-command.ts')).labCommand,
  compare: async () => (await import('./compare-command.ts')).compareCommand,
  up: async () => (await import('./up-command.ts')).upCommand,
  down: async () => (await import('./down-command.ts')).downCommand,
  rerun: async () => (await import('./rerun-command.ts')).rerunCommand,
  serve: async () => (await import('./serve-command.ts')).serveCommand,
  sim: async () => (await import('./sim-command.ts')).simCommand,
  conform: async () => (await import('./conform-command.ts')).conformCommand,
  trace: async () => (await import('./trace-command.ts')).traceCommand,
  workloads: async () => (await import('./workloads-command.ts')).workloadsCommand,
  policy: async () => (await import('./policy-command.ts')).policyCommand,
  xl: async () => (await import('./xl-command.ts')).xlCommand,
  doctor: async () => (await import('./doctor-command.ts')).doctorCommand,
  completion: async () => (await import('./completion-command.ts')).completionCommand,
};

/**
 * Run the command line.
 * @param argv arguments without the interpreter and the script
 */
export async function runProgram(argv: readonly string[], io: Console): Promise<void> {
  try {
    await (await createProgram(argv, io)).parseAsync(argv, { from: 'user' });
  } catch (error) {
    io.exit(report(error, io));
  }
}

/** With the commands that the arguments may need: schemas and simulator of all take longer to load than one runs. */
async function createProgram([first]: readonly string[], io: Console): Promise<Command> {
  const program = new Command('creditlab')
    .description("Xen's credit scheduler on real cores: vCPUs are threads that run real programs.")
    .version(packageVersion(), '-V, --version', 'print the version')
    .addHelpText('after', '\nStart with: creditlab lab weights-and-caps');
  // What stands behind xl is the tool's own.
  if (neededFor(first).includes('xl')) program.enablePositionalOptions();
  const commands = await Promise.all(neededFor(first).map((name) => COMMANDS[name]()));
  for (const command of commands) program.addCommand(command(io));
  for (const command of [program, ...program.commands.flatMap((each) => [each, ...each.commands])]) {
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
      .addHelpText('after', exitCodesHelp(nameOf(command)))
      .showHelpAfterError(`  hint: ${nameOf(command)} --help`);
  }
  return program.helpCommand('help [command]', 'print the help of a command');
}

/** As it is typed. */
function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

/** Names of commands. */
function neededFor(first: string | undefined): readonly string[] {
  if (first === '-V' || first === '--version') return [];
  // This one tells of all of them.
  if (first === 'completion') return Object.keys(COMMANDS);
  return first !== undefined && Object.hasOwn(COMMANDS, first) ? [first] : Object.keys(COMMANDS);
}

/** Say what went wrong, once. @returns the exit code */
function report(error: unknown, io: Console): number {
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.badInput;
  if (error instanceof LabError) {
    io.say(error.describe());
    return error.exitCode;
  }
  io.say(unexpectedError(error));
  return ExitCode.failed;
}
