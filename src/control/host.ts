/** What every door talks to: a host, that is a run under way with its VMs, whether its cores are real or invented. */
import type { Door } from './commands.ts';
import type { Change, HostState, StreamMessage } from './state.ts';

export interface ControlledHost {
  /**
   * Check a command against the host as it is now, carry it out, and say when that was.
   * @param command as scenario files write it: `{ command: 'set', vm: 'A', weight: 512 }`
   * @throws LabError BAD_OPTION, BAD_SCENARIO or BAD_WORKLOAD: refused, and nothing was changed
   */
  command(command: unknown, door: Door): Promise<Change>;
  /** Everything there is to know now. */
  state(): Promise<HostState>;
  /** Be told what happens from now on. @returns ends that */
  listen(listener: (message: StreamMessage) => void): () => void;
}
