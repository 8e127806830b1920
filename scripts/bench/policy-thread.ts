import { parentPort } from 'node:worker_threads';
import { countDecisions, type Load, timeOf } from './count-decisions.ts';

/** What it is asked: how many decisions a load takes, or how long. */
export interface PolicyTask {
  readonly load: Load;
  readonly what: 'decisions' | 'seconds';
}

const port = parentPort;
port?.on('message', ({ load, what }: PolicyTask) => {
  port.postMessage(what === 'decisions' ? countDecisions(load) : timeOf(() => performance.now(), load));
});
