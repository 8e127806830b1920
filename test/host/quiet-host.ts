import type { HostEvents } from '../../src/result/result.ts';

/** What a watch says of a run that the host left alone. */
export const QUIET: HostEvents = {
  lostCpus: [],
  movedVcpus: [],
  pinFailures: 0,
  refusedSignals: 0,
  refusedTimers: 0,
  signalTaken: false,
  throttled: null,
};
