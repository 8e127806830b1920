import assert from 'node:assert/strict';
import { totalmem } from 'node:os';
import { command } from './command.ts';
import { cpus, needHardware, tell } from './support.ts';

/** Nothing is compiled, so a vCPU is in V8's builtins all the time: the interpreter is made of them. */
const INTERPRETED = ['--no-opt', '--no-maglev', '--no-sparkplug'];
/** V8 11, in Node 20, knows the option and has no effect of it on this kind of build. */
const COPYING_MAJOR = 22;
/** V8 copies its builtins only where there is so much memory. */
const COPYING_BYTES = 4 * 2 ** 30;
/** A slice is shorter than an interpreted step of this program, so who can't be paused within one is late. */
const TURNS = ['--vm', 'A', '--vm', 'B', '--scheduler', 'credit:tslice=5ms', '--duration', '2s'];

const copies = Number(process.versions.node.split('.')[0]) >= COPYING_MAJOR;

describe("V8's builtins", function () {
  this.timeout(60_000);

  before(function () {
    needHardware(this);
  });

  it('are pausable at any instruction where V8 copies them into memory of its own', async function () {
    const reason = !copies
      ? `Node ${process.versions.node} copies no builtins`
      : totalmem() < COPYING_BYTES
        ? 'V8 copies no builtins on a machine with so little memory'
        : null;
    if (reason !== null) {
      tell(`skipped: ${reason}`);
      this.skip();
    }
    const late = await latePauses(['--short-builtin-calls']);
    assert.ok(late < 0.1, `${late} pauses put off per hand-over`);
  });

  it('are pausable only between two steps where they run in the file of Node', async () => {
    const late = await latePauses(['--no-short-builtin-calls']);
    assert.ok(late > 0.5, `${late} pauses put off per hand-over`);
  });

  if (!copies) {
    it(`are in the file of Node anyway in versions before ${COPYING_MAJOR}`, async () => {
      const late = await latePauses(['--short-builtin-calls']);
      assert.ok(late > 0.5, `${late} pauses put off per hand-over`);
    });
  }
});

/** Pauses that were put off, per hand-over, of a program that V8 only interprets. */
async function latePauses(flags: readonly string[]): Promise<number> {
  const ended = await command(['run', '--pcpus', String(cpus[0]), ...TURNS], {
    node: [...INTERPRETED, ...flags],
  });
  assert.equal(ended.code, 0, ended.output);
  const [run] = ended.result?.runs ?? assert.fail('no result');
  const vcpus = run.vms.flatMap((vm) => vm.vcpus);
  assert.ok(vcpus.every(({ checksumOk }) => checksumOk === true));
  const deferred = vcpus.reduce((sum, { deferredPauses }) => sum + deferredPauses, 0);
  const handOvers = run.loop.switchGapNs.count;
  tell(`${flags.join(' ')}: ${deferred} pauses put off at ${handOvers} hand-overs`);
  assert.ok(handOvers > 20, `only ${handOvers} hand-overs`);
  return deferred / handOvers;
}
