/**
 * Whether a run's figures can be trusted: what disturbed it, each with what is tolerable, and a verdict.
 *
 * The limits follow from what the figures are for. A share or an execution time should be right to a few percent to
 * tell one weight from another: disturbances that move them by up to 2 % are tolerable, by more than 10 % they spoil
 * them.
 */
import { COARSENESS, sliceEndLateNs } from './coarseness.ts';
import { hostPart, ownFraction, stolenFraction, worstStolenFraction } from './noise.ts';
import { hostChecks } from './host-checks.ts';
import type { RunResult } from './result.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { shortestSliceNs } from '../scenario/shortest-slice.ts';
import { worstOfVerdicts, type Certificate, type JudgedCheck, type Verdict } from './verdict.ts';

interface Limits {
  /** above it: usable */
  readonly usable: number;
  /** above it: not to be trusted */
  readonly bad: number;
}

const STOLEN: Limits = { usable: 0.02, bad: 0.1 };
/** A vCPU that ran less than this doesn't count: a single interruption would be a great part of its time. */
const LEAST_ON_CORE_NS = 100e6;
const OVERRUN: Limits = { usable: 0.01, bad: 0.1 };
/** Widest difference of the work done per CPU time, the slowest twentieth against the fastest. */
const SPEED: Limits = { usable: 1.05, bad: 1.25 };
const DRIFT_PERCENT: Limits = { usable: 3, bad: 15 };
/** A tick that is later than `bad` comes when the next one is due. */
const LATENESS_NS: Limits = { usable: 1e6, bad: 10e6 };
/** What part of the run the loop stood still: as much as shares may be off. One hold-up is told in any case. */
const HELD_UP: Limits = { usable: 0, bad: 0.1 };
/** Times that the kernel took a core away from a vCPU, per second of its CPU time. */
const SWITCHES_PER_SECOND: Limits = { usable: 100, bad: Infinity };
const MS = 1e6;
const SECOND = 1e9;

/**
 * @param scenario what was run; absent: nobody asks whether its slices are too short for the machine
 * @returns null for a simulation: nothing disturbs virtual time
 */
export function certify(run: RunResult, scenario: Scenario | null = null): Certificate | null {
  if (run.machine === 'simulated') return null;
  const findings = [
    completeness(run),
    checksums(run),
    stolen(run),
    ownThreads(run),
    switches(run),
    speed(run),
    drift(run),
    lateness(run),
    coarseness(run, scenario),
    heldUp(run),
    overruns(run),
    records(run),
    ...hostChecks(run),
  ];
  return {
    verdict: worstOfVerdicts(findings.map(({ verdict }) => verdict)),
    reasons: findings.filter(({ verdict }) => verdict !== 'good').map(({ reason }) => reason),
    checks: findings.map(({ key, title, found, verdict }) => ({ key, title, found, verdict })),
  };
}

function completeness({ complete, vms }: RunResult): JudgedCheck {
  if (vms.every(({ cpuNs }) => cpuNs === 0)) {
    return {
      key: 'complete',
      title: 'ran to its end',
      found: 'no vCPU ran',
      verdict: 'do not trust',
      reason: 'nothing was measured: no vCPU used any CPU time',
    };
  }
  return {
    key: 'complete',
    title: 'ran to its end',
    found: complete ? 'yes' : 'no',
    verdict: complete ? 'good' : 'usable',
    reason: 'the run broke off: shares are of the time until then, and unfinished work has no execution time',
  };
}

function checksums({ vms }: RunResult): JudgedCheck {
  const vcpus = vms.flatMap((vm) => vm.vcpus);
  const wrong = vcpus.filter(({ checksumOk }) => checksumOk === false).map(({ id }) => id);
  const right = vcpus.filter(({ checksumOk }) => checksumOk === true).length;
  const verified =
    right === 0 ? null : right === vcpus.length ? 'right' : `${right} of ${vcpus.length} right`;
  // If only a prefix was compared, the check says so.
  const partly = vcpus.filter(
    ({ checksumOk, units, verifiedUnits = units }) => checksumOk === true && verifiedUnits < units,
  ).length;
  const howFar =
    partly === 0 ? '' : partly === right ? ' (first steps)' : ` (${partly} by their first steps)`;
  return {
    key: 'checksums',
    title: 'checksums',
    found: wrong.length > 0 ? `wrong: ${wrong.join(', ')}` : verified === null ? null : verified + howFar,
    verdict: wrong.length === 0 ? 'good' : 'do not trust',
    reason: `what ${wrong.join(', ')} computed is wrong`,
  };
}

function stolen(run: RunResult): JudgedCheck {
  const fraction = stolenFraction(run);
  const hosts = hostPart(run);
  const onPcpu = worstStolenFraction(run);
  const worst = worstOf(run, ({ stolenNs, cpuNs }) =>
    stolenNs + cpuNs < LEAST_ON_CORE_NS ? 0 : (hosts * stolenNs) / (stolenNs + cpuNs),
  );
  const found = percent(fraction);
  return {
    key: 'stolen',
    title: "taken by the host's other work",
    found: `${found} (${worst.id} ${percent(worst.value)}, at most ${percent(onPcpu)} of a pCPU)`,
    // A disturbance of one vCPU vanishes in the average of many, but it spoils that vCPU's figures.
    verdict: judge(Math.max(fraction, worst.value, onPcpu), STOLEN),
    reason:
      `other programs, or the machine below this one, took ${found} of the time in which vCPUs held their ` +
      `cores, most from ${worst.id} (${percent(worst.value)}), and ${percent(onPcpu)} on the pCPU where it was ` +
      'most: execution times are longer by that',
  };
}

function ownThreads(run: RunResult): JudgedCheck {
  const fraction = ownFraction(run);
  const found = fraction === null ? null : percent(fraction);
  return {
    key: 'own-threads',
    title: "taken by the process's own threads",
    found,
    verdict: judge(fraction ?? NaN, STOLEN),
    reason:
      `other threads of this process (the main one, the loop, V8's helpers) took ${found ?? ''} of the time in ` +
      'which vCPUs held their cores: leave a CPU free for them, and start Node with --single-threaded',
  };
}

function switches(run: RunResult): JudgedCheck {
  const known = run.vms.flatMap(({ vcpus }) => vcpus).filter((vcpu) => vcpu.involuntarySwitches !== null);
  const count = known.reduce((sum, vcpu) => sum + (vcpu.involuntarySwitches ?? 0), 0);
  const seconds = known.reduce((sum, vcpu) => sum + vcpu.cpuNs, 0) / SECOND;
  const rate = seconds > 0 ? count / seconds : 0;
  return {
    key: 'switches',
    title: 'involuntary switches',
    found: known.length === 0 ? null : `${count}, ${rate.toFixed(0)} per second of CPU time`,
    verdict: judge(rate, SWITCHES_PER_SECOND),
    reason:
      `the kernel took cores away from vCPUs ${rate.toFixed(0)} times per second of their CPU time: caches are ` +
      'colder than the program alone would have them',
  };
}

/** A core that changes its speed spoils execution times, but neither shares nor CPU times. */
function ofTimes(run: RunResult, verdict: Verdict): Verdict {
  const hasTimes = run.vms.some(({ wallNs }) => wallNs !== null);
  return hasTimes || verdict !== 'do not trust' ? verdict : 'usable';
}

function speed(run: RunResult): JudgedCheck {
  const { workRate = null } = run;
  const ratio = workRate === null ? NaN : workRate.high / workRate.low;
  const found = Number.isNaN(ratio) ? null : `fastest ÷ slowest ${ratio.toFixed(2)}`;
  return {
    key: 'speed',
    title: 'speed of the cores',
    found,
    verdict: ofTimes(run, judge(ratio, SPEED)),
    reason:
      "the cores changed their speed, or the programs' steps aren't alike: work done per CPU time differs by a " +
      `factor of ${ratio.toFixed(2)} within the run, so compare shares and CPU times rather than ` +
      'execution times',
  };
}

function drift(run: RunResult): JudgedCheck {
  const { workRate = null } = run;
  const change = workRate === null ? NaN : workRate.driftPercent;
  const [sign, became] = change < 0 ? ['−', 'slower'] : ['+', 'faster'];
  return {
    key: 'drift',
    title: 'drift of that speed',
    found: Number.isNaN(change) ? null : `${sign}${Math.abs(change).toFixed(1)} %`,
    verdict: ofTimes(run, judge(Math.abs(change), DRIFT_PERCENT)),
    reason:
      `the cores became ${became} while the run went on, by ` +
      `${Math.abs(change).toFixed(0)} %: what ran later ran at another speed`,
  };
}

function lateness({ loop }: RunResult): JudgedCheck {
  const { p50, p99, count } = loop.tickLatenessNs;
  const found = `median ${time(p50)}, 99 % below ${time(p99)}`;
  return {
    key: 'lateness',
    title: 'lateness of the loop',
    found: count === 0 ? null : found,
    verdict: count === 0 ? 'good' : judge(p99, LATENESS_NS),
    reason: `the scheduler itself came late: one timer in a hundred by more than ${time(p99)}`,
  };
}

function coarseness({ loop }: RunResult, scenario: Scenario | null): JudgedCheck {
  const sliceNs = scenario === null ? null : shortestSliceNs(scenario);
  const lateNs = sliceEndLateNs(loop);
  const fraction = sliceNs === null || lateNs === null ? NaN : lateNs / sliceNs;
  const [slice, late] = [time(sliceNs ?? 0), time(lateNs ?? 0)];
  return {
    key: 'coarseness',
    title: 'end of the shortest slices',
    found: Number.isNaN(fraction) ? null : `${late} late, of ${slice}`,
    verdict: judge(fraction, COARSENESS),
    reason:
      `this machine is too coarse for the scheduler ${scenario?.scheduler.type ?? ''}: its slices may be as short ` +
      `as ${slice}, and they end ${late} late here`,
  };
}

function heldUp({ loop, windowNs }: RunResult): JudgedCheck {
  const { count, longestNs, totalNs } = loop.heldUp ?? { count: 0, longestNs: 0, totalNs: 0 };
  const times = count === 1 ? 'once' : `${count} times`;
  const found = count === 0 ? 'none' : `${count}, for up to ${time(longestNs)}, together ${time(totalNs)}`;
  return {
    key: 'heldUp',
    title: 'hold-ups of the loop',
    found: loop.heldUp === undefined ? null : found,
    verdict: judge(windowNs > 0 ? totalNs / windowNs : 0, HELD_UP),
    reason:
      `the host didn't let the scheduler run ${times}, for up to ` +
      `${time(longestNs)} (together ${time(totalNs)}): no slice ended meanwhile, and no VM was held to its cap`,
  };
}

function overruns(run: RunResult): JudgedCheck {
  const vcpus = run.vms.flatMap((vm) => vm.vcpus);
  const overrunNs = vcpus.reduce((sum, vcpu) => sum + vcpu.overrunNs, 0);
  const cpuNs = vcpus.reduce((sum, vcpu) => sum + vcpu.cpuNs, 0);
  const deferred = vcpus.reduce((sum, vcpu) => sum + vcpu.deferredPauses, 0);
  const fraction = cpuNs > 0 ? overrunNs / cpuNs : 0;
  return {
    key: 'overruns',
    title: 'pauses put off',
    found: `${deferred}, ${percent(fraction)} of the CPU time`,
    verdict: judge(fraction, OVERRUN),
    reason:
      `vCPUs ran on for ${percent(fraction)} of their CPU time after they should have paused, because they ` +
      'were inside library code: they were charged for it',
  };
}

function records({ loop }: RunResult): JudgedCheck {
  const lost = loop.factsDropped + (loop.intentsDropped ?? 0);
  return {
    key: 'records',
    title: 'records lost',
    found: String(lost),
    verdict: lost > 0 ? 'usable' : 'good',
    reason:
      `${lost} records were lost because nobody read them in time: stolen time and the picture of the run ` +
      'have gaps',
  };
}

/** A check whose figure isn't known counts as good. */
function judge(value: number, { usable, bad }: Limits): Verdict {
  if (value > bad) return 'do not trust';
  return value > usable ? 'usable' : 'good';
}

function worstOf(
  run: RunResult,
  figure: (vcpu: RunResult['vms'][number]['vcpus'][number]) => number,
): { readonly id: string; readonly value: number } {
  const all = run.vms.flatMap(({ vcpus }) => vcpus.map((vcpu) => ({ id: vcpu.id, value: figure(vcpu) })));
  // A host may have had no VM.
  return all.reduce((worst, each) => (each.value > worst.value ? each : worst), { id: 'no vCPU', value: 0 });
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}

function time(ns: number): string {
  return ns >= MS ? `${(ns / MS).toFixed(1)} ms` : `${(ns / 1e3).toFixed(0)} µs`;
}
