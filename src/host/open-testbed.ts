import type { Testbed, TestbedOptions, OpenTestbed } from '../testbed/testbed.ts';
import { HardwareTestbed } from './hardware-testbed.ts';
import { wantsNaivePausing } from './injected-failure.ts';
import { describeHost } from './describe-host.ts';
import { loadNative } from '../addon/native.ts';
import { requireRoom } from './require-room.ts';
import { readRoom } from './room.ts';
import { selfTest } from './self-test.ts';
import { readHostCpus } from '../cpus/read-host-cpus.ts';

export const openTestbed: OpenTestbed = async (options: TestbedOptions): Promise<Testbed> => {
  const native = loadNative();
  native.setNaivePausing(wantsNaivePausing());
  requireRoom(options.vcpus ?? 1, 'testbed', readRoom());
  selfTest(native, options.pcpus);
  const hostCpus = readHostCpus();
  return HardwareTestbed.open(native, await describeHost(hostCpus), options);
};
