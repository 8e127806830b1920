import { COARSENESS } from '../result/coarseness.ts';
import { formatNs } from '../report/format.ts';
import { shortestSlices } from '../scenario/shortest-slice.ts';
import type { Finding, Probe } from './diagnosis.ts';
import { Topic } from './finding.ts';

const topic = new Topic('short-slices', 'short slices');

/** For which schedulers is the machine too coarse? The default one says nothing of those with short slices. */
export function examineSlices({ sliceEndLateNs: lateNs }: Pick<Probe, 'sliceEndLateNs'>): Finding {
  if (lateNs === null) return slicesUnknown();
  const state = `slices end ${formatNs(lateNs)} late`;
  const spoilt = shortestSlices().filter(({ sliceNs }) => lateNs > COARSENESS.usable * sliceNs);
  if (spoilt.length === 0) return topic.good(state);
  const which = spoilt.map(({ type, sliceNs }) => `${type} (${formatNs(sliceNs)})`).join(', ');
  return topic.notice(
    state,
    `the machine is too coarse for the shortest slices of ${which}`,
    'see load, virtual machine and SCHED_FIFO; or simulate these',
  );
}

export function slicesUnknown(): Finding {
  return topic.unknown('not measured');
}
