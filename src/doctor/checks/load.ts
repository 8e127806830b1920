import { type Check, Topic } from '../finding.ts';

const topic = new Topic('load', 'load by others');

/** The kernel counts in hundredths of a second, and one or two are always there. */
const NOTICE_PERCENT = 3;
const BAD_PERCENT = 10;
const NAMED_PERCENT = 2;
const MOST_NAMED = 3;

/** Is anybody else computing on the pCPUs? */
export const checkLoad: Check = ({ load }) => {
  if (load === null || load.cpus.length === 0) return topic.unknown('/proc/stat has no figures of the pCPUs');
  const busiest = load.cpus.reduce((most, each) => (each.busyPercent > most.busyPercent ? each : most));
  const percent = busiest.busyPercent;
  const state = `${percent.toFixed(0)} % of CPU ${String(busiest.cpu)} in the last second`;
  if (percent < NOTICE_PERCENT) return topic.good(state);
  const named = load.programs.filter((program) => program.percent >= NAMED_PERCENT).slice(0, MOST_NAMED);
  const who =
    named.length === 0
      ? "by nobody for long, or by programs that can't be seen from here"
      : named
          .map(({ name, pid, percent: each }) => `${name} (${String(pid)}) ${each.toFixed(0)} %`)
          .join(', ');
  const seen = `${state}; ${who}`;
  const remedy = 'end what computes: `top` shows it';
  if (percent < BAD_PERCENT) return topic.notice(seen, "it may take a little of the VMs' time", remedy);
  return topic.bad(seen, 'what it takes is missing from the VMs: every time gets longer', remedy);
};
