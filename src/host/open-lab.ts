import type { Lab, LabOptions, OpenLab } from '../testbed/testbed.ts';
import { HardwareLab } from './hardware-lab.ts';
import { wantsNaivePausing } from './fault.ts';
import { readHostFacts } from './host-facts.ts';
import { loadNative } from '../addon/native.ts';
import { requireRoom } from './require-room.ts';
import { readRoom } from './room.ts';
import { selfTest } from './self-test.ts';
import { readTopology } from '../cpus/topology.ts';

export const openLab: OpenLab = async (options: LabOptions): Promise<Lab> => {
  const native = loadNative();
  native.setNaivePausing(wantsNaivePausing());
  requireRoom(options.vcpus ?? 1, 'lab', readRoom());
  selfTest(native, options.pcpus);
  const topology = readTopology();
  return HardwareLab.open(native, await readHostFacts(topology), options);
};
