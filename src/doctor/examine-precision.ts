import { formatNs } from '../report/format.ts';
import type { Finding, Probe } from './diagnosis.ts';
import { Topic } from './finding.ts';

const topic = new Topic('precision', 'precision');

/** Half of what is bad. */
const NOTICE = { sharePoints: 0.5, timePercent: 2.5, stolenPercent: 1 };
/** Above these a run says more about the host than about the scheduler. */
const BAD = { sharePoints: 1, timePercent: 5, stolenPercent: 2 };

/** Is what the probe saw good enough? It sums up all other findings. */
export function examinePrecision(probe: Probe): Finding {
  const { expected, stolenPercent, speedDriftPercent } = probe;
  const exceeds = (limits: typeof BAD): boolean =>
    expected.sharePoints > limits.sharePoints ||
    expected.timePercent > limits.timePercent ||
    stolenPercent > limits.stolenPercent;
  const state = stateOf(probe);
  if (!exceeds(NOTICE)) return topic.good(state);
  const isSpeed = (speedDriftPercent ?? 0) > expected.timePercent / 2;
  const consequence = isSpeed
    ? "the core's own speed changes: the same work takes more or less CPU time, whoever schedules it"
    : "others took time from the VMs, or the scheduler's timers were late";
  const remedy = isSpeed
    ? 'see governor, turbo, SMT siblings and virtual machine; hold each time against the CPU time beside it, ' +
      'as the ratio does'
    : 'a quieter machine; repeats: `creditlab run … --repeat 5`';
  return exceeds(BAD) ? topic.bad(state, consequence, remedy) : topic.notice(state, consequence, remedy);
}

/** @param reason why there is no probe */
export function precisionUnknown(reason: string): Finding {
  return topic.unknown(`not measured: ${reason}`);
}

function stateOf({
  pcpu,
  tickLatenessNs,
  shareErrorPoints,
  stolenPercent,
  speedDriftPercent,
}: Probe): string {
  return [
    `on CPU ${String(pcpu)}: shares off by ${shareErrorPoints.toFixed(2)} points`,
    `stolen ${stolenPercent.toFixed(2)} %`,
    speedDriftPercent === null ? 'speed not measured' : `speed varies by ${speedDriftPercent.toFixed(1)} %`,
    `ticks late by ${formatNs(tickLatenessNs.p50)} (p99 ${formatNs(tickLatenessNs.p99)})`,
  ].join(', ');
}
