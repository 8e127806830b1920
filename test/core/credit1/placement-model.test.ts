import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pickPcpu, place } from '../../../src/core/credit1/placement.ts';
import type { Topology } from '../../../src/core/topology.ts';
import { someTopology } from '../../sim/arbitrary.ts';
import { started, vm } from './fixture.ts';

interface Situation {
  readonly topology: Topology;
  readonly idlers: readonly number[];
  readonly own: number;
  readonly isAnybodyWaiting: boolean;
  readonly affinity: readonly number[];
  readonly idleBias: readonly number[];
}

/** Section 10 of the specification, sentence by sentence, without soft affinity. */
function pick(situation: Situation): { pcpu: number; winner: number | null } {
  const { topology, idlers, own, isAnybodyWaiting, affinity, idleBias } = situation;
  const size = topology.cores.length;
  const nextIn = (set: readonly number[], after: number): number => {
    const cyclic = (pcpu: number) => (pcpu - after - 1 + size) % size;
    return set.reduce((best, pcpu) => (cyclic(pcpu) < cyclic(best) ? pcpu : best));
  };
  const sharing = (numbers: readonly number[], pcpu: number): number[] =>
    [...numbers.keys()].filter((other) => numbers[other] === numbers[pcpu]);
  let start = affinity.includes(own) ? own : nextIn(affinity, own);
  const startCounts = start === own && !isAnybodyWaiting;
  const idle = [...new Set(startCounts ? [...idlers, start] : idlers)];
  let left = affinity.filter((pcpu) => idle.includes(pcpu));
  if (!left.includes(start) && left.length > 0) start = nextIn(left, start);
  left = left.filter((pcpu) => pcpu !== start);
  let winner: number | null = null;
  while (left.length > 0) {
    const candidate = nextIn(left, start);
    const isSameSocket = topology.sockets[start] === topology.sockets[candidate];
    const numbers = isSameSocket ? topology.cores : topology.sockets;
    const idleOf = (pcpu: number) => sharing(numbers, pcpu).filter((other) => idle.includes(other));
    const factor = isSameSocket ? 1 : 2;
    const group = idleOf(candidate);
    if (group.length > factor * idleOf(start).length) {
      winner = candidate;
      start = nextIn(
        group.filter((pcpu) => left.includes(pcpu)),
        idleBias[candidate],
      );
      const siblings = sharing(topology.cores, start);
      left = left.filter((pcpu) => !siblings.includes(pcpu));
    } else {
      left = left.filter((pcpu) => !group.includes(pcpu));
    }
  }
  return { pcpu: start, winner };
}

describe('placement, compared with the specification written a second time,', () => {
  const situation = fc.integer({ min: 1, max: 12 }).chain((size) => {
    const pcpu = fc.nat(size - 1);
    const all = Array.from({ length: size }, (_, index) => index);
    return fc.record({
      topology: fc.oneof(someTopology(size), fc.constant({ cores: all, sockets: all.map(() => 0) })),
      idlers: fc.subarray(all),
      own: pcpu,
      isAnybodyWaiting: fc.boolean(),
      affinity: fc.subarray(all, { minLength: 1 }),
      idleBias: fc.array(pcpu, { minLength: size, maxLength: size }),
    });
  });

  it('picks the same pCPU, and remembers the same winner', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const { topology, idlers, own, isAnybodyWaiting, affinity, idleBias } = given;
        const size = topology.cores.length;
        const vms = [{ weight: 256, cap: 0, vcpus: [affinity] }, vm(256)];
        const { state } = started(size, vms, { topology });
        for (let pcpu = 0; pcpu < size; pcpu++) if (!idlers.includes(pcpu)) state.idlers.delete(pcpu);
        if (isAnybodyWaiting) state.runq.insert(own, 1);
        state.idleBias.set(idleBias);
        state.pcpuOf[0] = own;

        const { pcpu, winner } = pick(given);
        assert.equal(pickPcpu(state, 0), pcpu);
        assert.deepEqual([...state.idleBias], idleBias, 'nothing is remembered of a mere thought');
        assert.equal(place(state, 0), pcpu);
        assert.equal(state.pcpuOf[0], pcpu);
        const expected = idleBias.map((bias, index) => (index === winner ? pcpu : bias));
        assert.deepEqual([...state.idleBias], expected);
      }),
      { numRuns: 3000 },
    );
  });
});
