import { type Check, Topic } from '../finding.ts';

const topic = new Topic('steal', 'steal');

const NOW = { notice: 0.5, bad: 2 };
/** On the average since boot, quiet hours included. */
const SINCE_BOOT = { notice: 1, bad: 5 };

/** Does the virtual machine's host take time from it? Nothing can be taken from a core that wants none: the probe looks under load. */
export const checkSteal: Check = ({ load }) => {
  if (load === null || load.cpus.length === 0) return topic.unknown('/proc/stat has no figures of the pCPUs');
  const now = Math.max(...load.cpus.map(({ stealPercent }) => stealPercent));
  const sinceBoot = load.stealSinceBootPercent;
  const state = `${now.toFixed(1)} % in the last second, ${sinceBoot.toFixed(1)} % of the work since boot`;
  const exceeds = (key: 'notice' | 'bad'): boolean => now >= NOW[key] || sinceBoot >= SINCE_BOOT[key];
  const consequence = 'other virtual machines get time that this one was to have: every time gets longer';
  const remedy = 'a quieter hour, or a machine type whose cores are not shared';
  if (exceeds('bad')) return topic.bad(state, consequence, remedy);
  if (exceeds('notice')) return topic.notice(state, consequence, remedy);
  return topic.good(state);
};
