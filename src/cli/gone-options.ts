import { type Command, Option } from 'commander';
import { LabError } from '../base/errors.ts';

/** Options that are gone, and what says the same. They stay, hidden from the help, to say so. */
const OF_SCHEDULERS: readonly (readonly [key: string, type: string])[] = [
  ['tslice', 'credit'],
  ['ratelimit', 'credit'],
  ['lb-ratelimit', 'credit'],
  ['migration-delay', 'credit'],
  ['acct-phase', 'credit'],
  ['tick-phase', 'credit'],
  ['instants', 'credit'],
  ['slice', 'round-robin'],
];

/** For a command that takes `--scheduler`. */
export function withGoneSchedulerOptions(command: Command): Command {
  for (const [key, type] of OF_SCHEDULERS)
    command.addOption(goneOption(`--${key}`, (value) => `write --scheduler ${type}:${key}=${value}`));
  return command;
}

/** @param long as it is typed; its value may be missing */
export function goneOption(long: string, instead: (value: string) => string): Option {
  const option = new Option(`${long} [value]`).preset('VALUE').hideHelp();
  return option.argParser((value) => {
    throw new LabError('BAD_OPTION', 'there is no such option any more', {
      where: long,
      hint: instead(value),
    });
  });
}
