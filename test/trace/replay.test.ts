import assert from 'node:assert/strict';
import fc from 'fast-check';
import { divideUp } from '../../src/core/credit1/accounting.ts';
import { passesOf } from '../../src/trace/words/credit1/passes.ts';
import { isWaiting, spellsOf } from '../../src/trace/spells.ts';
import { settingsOf, standingOf } from '../../src/trace/words/credit1/standing.ts';
import { scenario } from '../sim/arbitrary.ts';
import { cutAfter, watched, type Watched } from './watched-simulation.ts';

describe('what is read back from the records of any simulation', function () {
  this.timeout(20_000);

  it('is the state that the policy itself had: who ran, waited and could not run, and where', () => {
    fc.assert(
      fc.property(scenario(), (options) => {
        const { trace, snapshots } = wholly(watched(options));
        for (const { row, timeNs, state, pcpu } of some(snapshots)) {
          // An instant longer, so that what has just begun is not left out.
          const now = spellsOf(cutAfter(trace, row, timeNs + 1)).map((spells) => spells[spells.length - 1]);
          assert.deepEqual(
            now.map((spell) =>
              isWaiting(spell.state) ? 'waiting' : spell.state === 'running' ? 'running' : 'stopped',
            ),
            state,
          );
          for (const spell of now) {
            if (spell.state === 'running') assert.equal(spell.pcpu, pcpu[spell.vcpu]);
            // Where it was placed at its start is only told when it leaves that pCPU, or runs there.
            else if (isWaiting(spell.state) && spell.pcpu >= 0) assert.equal(spell.pcpu, pcpu[spell.vcpu]);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is its priorities, credits, weights and caps', () => {
    fc.assert(
      fc.property(scenario(), (options) => {
        const { trace, snapshots } = wholly(watched(options));
        for (const { row, priority, credit, weight, cap } of some(snapshots)) {
          const standings = priority.map((_, vcpu) => standingOf(trace, vcpu, row));
          assert.deepEqual(
            standings.map((standing) => standing?.priority),
            priority,
          );
          assert.deepEqual(
            standings.map((standing) => standing?.credit),
            credit,
          );
          assert.deepEqual(
            weight.map((_, vm) => settingsOf(trace, vm, row)),
            weight.map((each, vm) => ({ weight: each, cap: cap[vm] })),
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is the time that each vCPU ran, and spells without gaps from the beginning to the end', () => {
    fc.assert(
      fc.property(scenario(), (options) => {
        const { trace, result } = wholly(watched({ ...options, jitterNs: 0 }));
        spellsOf(trace).forEach((spells, vcpu) => {
          let untilNs = 0;
          let ranNs = 0;
          for (const { state, fromNs, toNs } of spells) {
            assert.equal(fromNs, untilNs);
            untilNs = toNs;
            if (state === 'running') ranNs += toNs - fromNs;
          }
          assert.equal(untilNs, result.endNs);
          assert.equal(ranNs, result.vcpus[vcpu].cpuNs);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('is the arithmetic of each accounting, from the pool to the credits of each vCPU', () => {
    fc.assert(
      fc.property(scenario(), (options) => {
        const { trace } = wholly(watched(options));
        const pool = (options.scheduler?.parameters?.tsliceNs ?? 30e6) / 100_000;
        for (const { grants, totalWeight, debt } of passesOf(trace)) {
          if (grants.length > 0) assert.equal(grants[0].toShare, pool * options.pcpuCount + debt);
          for (const { toShare, weight, fair, peak, pays } of grants) {
            assert.equal(fair, divideUp(toShare * weight, totalWeight));
            for (const { before, share, after } of pays) {
              assert.equal(share, divideUp(Math.min(fair, peak), pays.length));
              const sum = before + share;
              assert.equal(after, sum > pool ? sum >> 1 : Math.max(-pool, sum));
            }
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});

/** A memory keeps the newest records only. A simulation that makes more of them says nothing here. */
function wholly(all: Watched): Watched {
  fc.pre(all.trace.lost.forgotten === 0);
  return all;
}

/** Enough of them to find a mistake, few enough to be quick. */
function some<T>(all: readonly T[]): T[] {
  const apart = Math.ceil(all.length / 30);
  return all.filter((_, i) => i % apart === 0);
}
