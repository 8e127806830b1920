import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { needHardware } from './support.ts';

/** What the loop calls in every pass; other code in the process has no functions with these names. */
const OURS = [
  'pass catchUp takeExits fireTimers fireTimer markFired tellUnchanged tellDecision reschedule schedule cpuNsOn',
  'nextExit nextWakeNs poll decide tick account distribute settle burn putBack lookElsewhere takeHead',
  'switchTo readVcpu own isFull obey readInspection answer',
].flatMap((names) => names.split(' '));

describe('the machine code of the loop', function () {
  this.timeout(60_000);
  this.slow(20_000);
  before(function () {
    needHardware(this, 2);
  });

  it('was rehearsed as it is played: none of it is thrown away in a run', () => {
    assert.deepEqual(thrownAway(), []);
  });

  it('nor when somebody watches it and changes something', () => {
    assert.deepEqual(thrownAway('watched'), []);
  });
});

/** What the compiler says of functions of ours that it throws away in a run. */
function thrownAway(...args: readonly string[]): string[] {
  const own = import.meta.url;
  const script = fileURLToPath(new URL(`./rehearsed-process${own.slice(own.lastIndexOf('.'))}`, own));
  const { stdout, status, stderr } = spawnSync(
    process.execPath,
    [...process.execArgv, '--single-threaded', '--trace-deopt', script, ...args],
    { encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  assert.equal(status, 0, stderr);
  const [from, to] = ['--- rehearsed', '--- ended'].map((mark) => stdout.indexOf(mark));
  assert.ok(from >= 0 && to > from);
  return stdout
    .slice(from, to)
    .split('\n')
    .filter((line) => OURS.includes(/^\[bailout .*?<JSFunction (\S+) /.exec(line)?.[1] ?? ''));
}
