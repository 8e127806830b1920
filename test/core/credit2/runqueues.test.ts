import assert from 'node:assert/strict';
import { ARRANGEMENTS, runqueuesOf, siblingsIn } from '../../../src/core/credit2/runqueues.ts';
import { gridTopology } from '../../../src/core/topology.ts';

const of = (arrangement: (typeof ARRANGEMENTS)[number], topology: Parameters<typeof runqueuesOf>[1]) => [
  ...runqueuesOf(ARRANGEMENTS.indexOf(arrangement), topology).of,
];

describe('runqueues', () => {
  const topology = gridTopology({ sockets: 2, cores: 2, threads: 2 });

  it('are shared as it is asked for', () => {
    assert.deepEqual(of('all', topology), [0, 0, 0, 0, 0, 0, 0, 0]);
    assert.deepEqual(of('socket', topology), [0, 0, 0, 0, 1, 1, 1, 1]);
    assert.deepEqual(of('core', topology), [0, 0, 1, 1, 2, 2, 3, 3]);
    assert.deepEqual(of('cpu', topology), [0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('are numbered by their lowest pCPUs, whatever numbers cores and sockets have', () => {
    const odd = { cores: [9, 4, 9, 7], sockets: [5, 1, 5, 1] };
    assert.deepEqual(of('socket', odd), [0, 1, 0, 1]);
    assert.deepEqual(of('core', odd), [0, 1, 0, 2]);
  });

  it('of a pCPU each have no siblings', () => {
    const count = (arrangement: (typeof ARRANGEMENTS)[number]) =>
      siblingsIn(ARRANGEMENTS.indexOf(arrangement), topology).count;
    assert.equal(count('cpu'), 8);
    assert.equal(count('core'), 4);
    assert.equal(count('all'), 4);
  });
});
