import { Command } from 'commander';
import type { Console } from './console.ts';
import { newPolicyCommand } from './new-policy-command.ts';
import { policyCheckCommand } from './policy-check-command.ts';

/** `creditlab policy new|check` */
export function policyCommand(io: Console): Command {
  return new Command('policy')
    .summary('write a scheduler of your own')
    .description('Schedulers of your own: a JavaScript module that says who runs next.')
    .addCommand(newPolicyCommand(io))
    .addCommand(policyCheckCommand(io))
    .helpCommand('help [command]', 'print the help of a command');
}
