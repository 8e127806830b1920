import { type Check, Topic } from '../finding.ts';

const topic = new Topic('virtual-machine', 'virtual machine');

export const checkVirtualMachine: Check = ({ virtual }) => {
  if (virtual === null) return topic.unknown('/proc/cpuinfo could not be read');
  if (!virtual.isVirtual) return topic.good('no: the cores are real');
  return topic.notice(
    virtual.host === '' ? 'yes' : `yes: ${virtual.host}`,
    'its host may take the cores away and change their speed, and this system need not notice',
    'at a quiet hour, with repeats: `creditlab run … --repeat 5`',
  );
};
