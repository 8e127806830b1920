import { type Check, Topic } from '../finding.ts';

const topic = new Topic('battery', 'battery');

export const checkBattery: Check = ({ power }) => {
  switch (power) {
    case null:
      return topic.unknown('the system does not say where its power comes from');
    case 'no-battery':
      return topic.good('none');
    case 'mains':
      return topic.good('not in use: on mains');
    case 'battery':
      return topic.bad(
        'in use',
        'the firmware holds the cores back, and by how much changes from minute to minute',
        'plug the machine in',
      );
  }
};
