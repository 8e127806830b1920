import { Command } from 'commander';
import { XL_COMMANDS } from '../xl/commands.ts';
import { processWorld } from '../xl/process-world.ts';
import { xl } from '../xl/xl.ts';
import type { Console } from './console.ts';

/** `creditlab xl …`: commander passes everything on, since the options are read as Xen's tool reads them. */
export function xlCommand(io: Console): Command {
  const names = XL_COMMANDS.map(({ name, does }) => `  ${name.padEnd(NAME_WIDTH)}  ${does}`);
  return new Command('xl')
    .summary("Xen's tool, for a running host")
    .description("Do with a host that 'creditlab up' started what Xen's tool does with a machine.")
    .argument('<command...>', "a command of Xen's tool, with its options")
    .passThroughOptions()
    .allowUnknownOption()
    .addHelpText('after', `\nCommands:\n${names.join('\n')}\n\n'creditlab xl help COMMAND' has more on each.`)
    .action(async (args: readonly string[]) => {
      const world = processWorld();
      io.exit(
        await xl(args, {
          ...world,
          out: (text) => io.stdout.write(text),
          err: (text) => io.stderr.write(text),
        }),
      );
    });
}

const NAME_WIDTH = Math.max(...XL_COMMANDS.map(({ name }) => name.length));
