/** `xl pause`, `xl unpause` and `xl destroy`. */
import type { XlCommand } from './command.ts';
import { domainNamed } from './domains.ts';
import { change } from './explain.ts';
import type { OptionSpec } from './getopt.ts';

export const pause = ofDomain('pause', 'Pause a domain: its vCPUs stop wherever they are');
export const unpause = ofDomain('unpause', 'Let a paused domain go on');
export const destroy = ofDomain('destroy', 'End a domain at once', [
  { short: 'f', long: 'force', does: 'even Domain-0', refusal: 'there is no Domain-0 to destroy' },
]);

function ofDomain(
  name: 'pause' | 'unpause' | 'destroy',
  does: string,
  options: readonly OptionSpec[] = [],
): XlCommand {
  return {
    name,
    does,
    options,
    operands: [{ name: 'Domain' }],
    isQuick: true,
    async run(call) {
      const [domain] = call.given.operands;
      const vm = domainNamed(await (await call.host()).state(), domain);
      await change(call, { command: name, vm: vm.name });
    },
  };
}
