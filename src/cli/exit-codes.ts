/** The exit codes of each command, for its help. docs/scenarios.md has them all. */

import { RULES } from '../policy-check/rules.ts';

const GENERAL = `
  0    everything ran and every checksum was right
  1    a run failed; what was measured until then was written
  2    bad input: nothing was started
${signals('what was measured was written')}`;

/** Of the commands that don't run a lab, or that no signal waits for: they compute without a break. */
const OWN: ReadonlyMap<string, string> = new Map([
  [
    'sim',
    `
  0    everything was simulated
  1    a scheduler of yours broke, or a file could not be written
  2    bad input: nothing was started
${signals('what was simulated was written, marked as incomplete')}`,
  ],
  [
    'up',
    `
  0    the host was stopped, or its duration is over, and every checksum was right
  1    its run failed; what was measured until then was written
  2    bad input: nothing was started
${signals('what was measured was written')}`,
  ],
  [
    'down',
    `
  0    the host has ended, and its results are written
  1    the host failed
  2    there is no such host`,
  ],
  [
    'serve',
    `
  2    bad input
${signals('it was for that')}`,
  ],
  [
    'conform',
    `
  0    all files are the same, or the golden file was written
  1    one is different, or a file could not be written
  2    bad input
${signals('no file was written')}`,
  ],
  [
    'policy',
    `
  0    it was done
  1    a policy is broken
  2    bad input`,
  ],
  [
    'policy new',
    `
  0    the file is written
  2    bad input, or the file is there already: nothing was written`,
  ],
  [
    'policy check',
    `
  0    the policy keeps the rules
  1    a file could not be written
  2    bad input: there is no such file, or it is no policy
${Object.entries(RULES)
  .map(([name, { exitCode, title }]) => `  ${String(exitCode)}   ${name}: ${title}`)
  .join('\n')}
${signals('no file was written')}`,
  ],
  [
    'xl',
    `
  0    it was done
  1    it was refused, or there is no such domain, command or host
  2    the command line is wrong: an option that isn't there, or arguments missing or too many`,
  ],
  [
    'completion',
    `
  0    the script was printed
  2    there is no script for this shell`,
  ],
  [
    'trace',
    `
  0    everything was shown
  1    a file could not be written
  2    bad input
${signals('no file was written')}`,
  ],
  [
    'doctor',
    `
  0    nothing spoils timings
  1    the probe failed or the file could not be written
  2    bad input
  3    something was found that spoils timings
${signals('what was found was written')}`,
  ],
]);

/** @param command as it is typed: `creditlab policy new` */
export function exitCodesHelp(command: string): string {
  const [, ...names] = command.split(' ');
  return `\nExit codes:${OWN.get(names.join(' ')) ?? GENERAL}`;
}

function signals(outcome: string): string {
  return `  129  ended by SIGHUP (the terminal was closed); ${outcome}
  130  ended by Ctrl-C (SIGINT); ${outcome}
  143  ended by SIGTERM; ${outcome}`;
}
