import assert from 'node:assert/strict';
import { programs } from '../../scripts/bench/program-catalogue.ts';
import { togetherScenario } from '../../scripts/bench/program-scenarios.ts';
import { cpus, testbedFor, run, tell } from './support.ts';

const SECONDS = 3;
/** One lives in the allocator and the garbage collector, one in a library that allocates. */
const NAMES = ['allocating', 'lightningcss'];

describe('ordinary programs, paused every millisecond', function () {
  this.timeout(60_000);
  const testbed = testbedFor({ pcpus: cpus.slice(0, 1), paranoid: true });

  it(`compute what they would alone: ${NAMES.join(' and ')}, two of each on one pCPU`, async () => {
    const chosen = programs.filter(({ name }) => NAMES.includes(name));
    assert.equal(chosen.length, NAMES.length);
    const result = await run(testbed(), togetherScenario([...chosen, ...chosen], cpus.slice(0, 1), SECONDS));
    assert.equal(result.complete, true);
    assert.deepEqual(
      result.warnings.filter((warning) => /violated|could not be pinned/.test(warning)),
      [],
    );
    const vcpus = result.vms.flatMap((vm) => vm.vcpus);
    assert.deepEqual(
      vcpus.map(({ checksumOk }) => checksumOk),
      vcpus.map(() => true),
    );
    for (const { id, units, dispatches } of vcpus) assert.ok(units > 0 && dispatches > 1, `${id} hardly ran`);
    const putOff = vcpus.reduce((sum, { deferredPauses }) => sum + deferredPauses, 0);
    tell(`${result.pcpus[0].switches} switches, ${putOff} pauses put off`);
    assert.ok(putOff > 0, 'no pause was put off: it was no such program');
  });
});
