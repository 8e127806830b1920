// Says on which CPUs it may be when it is checked.
import { allowedCpus } from './allowed-cpus.mjs';

export default {
  name: 'checked-where',
  prepare() {
    throw new Error(`prepared on CPUs ${allowedCpus()}`);
  },
  step: () => undefined,
  checksum: () => 0,
};
