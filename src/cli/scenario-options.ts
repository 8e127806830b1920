import type { Command } from 'commander';
import { pcpusOption, seedOption } from './options.ts';

/** The part of the help that explains `--vm`. */
export const VM_HELP = `
--vm NAME:key=value,key=value describes a VM in place of a file:
  weight    1 to 65535, relative share of CPU time per vCPU        (default: 256)
  cap       percent of one pCPU for the whole VM, 0 = none         (default: 0)
  vcpus     number of vCPUs                                        (default: 1)
  workload  a name of 'creditlab workloads', a path or a package   (default: primes)
  size      the workload's problem size                            (default: its own)
  work      solo CPU time (2s) or steps ('20000 units') per vCPU   (default: runs to the end)
  start     time from the start of the run, as in 500ms            (default: 0)
  pin       host CPUs out of --pcpus, as in 0+1 or 0-3             (default: all of them)

Times are a number and ns, us, ms, s or m.
`;

/** A scenario, from a file or from options, for a command that runs it. */
export function withScenarioOptions(command: Command): Command {
  return command
    .argument('[file]', 'scenario file')
    .option('--vm <spec>', 'a VM, see below; may be repeated (default: from the file)', collect)
    .addOption(pcpusOption("the file's, else those that creditlab doctor recommends"))
    .option('--duration <time>', "length of a run (default: the file's, else until all finite work is done)")
    .addOption(seedOption("the file's, else 1"))
    .option('--tslice <time>', "time slice, 1ms to 1000ms (default: the file's, else 30ms)")
    .option(
      '--ratelimit <time>',
      "context-switch rate limit, 0 or 100us to 500ms (default: the file's, else 1ms)",
    )
    .option(
      '--instants <which>',
      "when a timer comes late the policy is told when it was 'due', or how 'late' it is (default: the file's, else due)",
    );
}

/** An option that may be repeated. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}
