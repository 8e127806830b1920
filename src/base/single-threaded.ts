/**
 * Whether V8 in this process works in the threads of the programs alone. With helper threads, a vCPU's garbage
 * collection and compilation would be done by threads that no scheduler here knows of, on the cores that vCPUs are
 * promised.
 */

/** On the command line only: NODE_OPTIONS doesn't take it, and V8 aborts a process that sets it later. */
export const SINGLE_THREADED = '--single-threaded';

/**
 * What a command line of Node says about it, null: nothing. V8 takes one dash or two, underscores for dashes, and `no`
 * before the name; the last one counts.
 */
export function saidOfThreads(execArgv: readonly string[]): boolean | null {
  return execArgv.reduce((said: boolean | null, option) => {
    const spelled = /^--?(no-?)?single-threaded$/.exec(option.replaceAll('_', '-'));
    return spelled === null ? said : spelled[1] === undefined;
  }, null);
}

export function isSingleThreaded(execArgv: readonly string[] = process.execArgv): boolean {
  return saidOfThreads(execArgv) === true;
}

/** Of a run in a process that wasn't started so; else null. */
export function helpersWarning(execArgv: readonly string[] = process.execArgv): string | null {
  if (isSingleThreaded(execArgv)) return null;
  return (
    "V8's helper threads collect and compile for the programs, on cores that vCPUs hold and outside the " +
    'accounts of the scheduler; ' +
    `start this process with node ${SINGLE_THREADED}`
  );
}
