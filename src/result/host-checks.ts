/** The certificate's checks of what the host took from the process: CPUs, threads, time, signals. */
import { counted } from '../base/text.ts';
import type { HostEvents, RunResult } from './result.ts';
import type { JudgedCheck } from './verdict.ts';

/** Stopped so long, in parts of the pCPUs' time, a run can't be trusted; any stop makes it no better than usable. */
const BAD_THROTTLED = 0.1;
/** So many of the pauses begun late, likewise. */
const BAD_REFUSED = 0.1;

export function hostChecks(run: RunResult): JudgedCheck[] {
  const { hostEvents: events = null } = run;
  return [cpus(events), pinning(events), throttling(run, events), signals(run, events)];
}

function cpus(events: HostEvents | null): JudgedCheck {
  const lost = events?.lostCpus ?? [];
  const which = `CPU ${lost.join(', ')}`;
  return {
    key: 'cpus',
    title: 'CPUs kept',
    found: events === null ? null : lost.length === 0 ? 'all' : `${which} lost`,
    verdict: lost.length > 0 ? 'do not trust' : 'good',
    reason: `${which} was taken away during the run: vCPUs of several pCPUs shared a core`,
  };
}

function pinning(events: HostEvents | null): JudgedCheck {
  const { movedVcpus: moved, pinFailures: failures } = events ?? { movedVcpus: [], pinFailures: 0 };
  const parts = [
    ...(failures > 0 ? [`${String(failures)} failures`] : []),
    ...(moved.length > 0 ? [`moved by others: ${moved.join(', ')}`] : []),
  ];
  const found = parts.length === 0 ? 'always' : parts.join('; ');
  return {
    key: 'pinning',
    title: 'vCPUs pinned to their pCPUs',
    found: events === null ? null : found,
    verdict: parts.length > 0 ? 'do not trust' : 'good',
    reason: `vCPUs ran on other CPUs than the scheduler believed (${found})`,
  };
}

function throttling(run: RunResult, events: HostEvents | null): JudgedCheck {
  const throttled = events?.throttled ?? null;
  const { periods, ns } = throttled ?? { periods: 0, ns: 0 };
  const pcpuNs = run.windowNs * run.pcpus.length;
  const found = `${counted(periods, 'time')}, ${(ns / 1e6).toFixed(0)} ms`;
  return {
    key: 'quota',
    title: 'stopped by a quota',
    found: throttled === null ? null : found,
    verdict: periods === 0 && ns === 0 ? 'good' : ns > BAD_THROTTLED * pcpuNs ? 'do not trust' : 'usable',
    reason: `the quota of a control group stopped scheduler and vCPUs together (${found})`,
  };
}

function signals(run: RunResult, events: HostEvents | null): JudgedCheck {
  const {
    refusedSignals,
    refusedTimers,
    signalTaken: isTaken,
  } = events ?? { refusedSignals: 0, refusedTimers: 0, signalTaken: false };
  const refused = refusedSignals + refusedTimers;
  const switches = run.pcpus.reduce((sum, pcpu) => sum + pcpu.switches, 0);
  const found = isTaken
    ? 'the signal was taken by somebody else'
    : refused === 0
      ? 'none refused'
      : `${String(refusedSignals)} signals, ${String(refusedTimers)} timers refused`;
  return {
    key: 'signals',
    title: 'signals and timers',
    found: events === null ? null : found,
    verdict: isTaken || refused > BAD_REFUSED * switches ? 'do not trust' : refused > 0 ? 'usable' : 'good',
    reason: `vCPUs were paused late, at the end of a step (${found})`,
  };
}
