/** Credits over time: two lines per vCPU, what it has above zero, what it owes below. */
import { CREDIT_NS } from '../../core/credit1/constants.ts';
import { COLUMNS } from '../../trace/columns.ts';
import { Column, Kind, WIDTH } from '../../trace/record.ts';
import { spellsOf } from '../../trace/spells.ts';
import { endOf } from '../../trace/timeline.ts';
import type { Trace } from '../../trace/trace.ts';
import { forCells, type Grid } from './gantt-cells.ts';
import type { Style } from './style.ts';

/** By thirds of a slice's credits; the first is for zero itself. */
const HAS = { unicode: '▁▂▄█', ascii: '..o#' } as const;
const OWES = { unicode: '▔▔▀█', ascii: "''o#" } as const;
const LEVELS = 3;

export interface CreditLines {
  readonly above: string;
  readonly below: string;
}

/** @returns per vCPU; parked spans are `p` in the upper line, where one in debt has nothing */
export function creditLines(trace: Trace, vcpus: readonly number[], grid: Grid, style: Style): CreditLines[] {
  const means = meanCredits(trace, grid);
  const parked = parkedCells(trace, grid);
  const fullOf = trace.header.scenario.scheduler.parameters.tsliceNs / CREDIT_NS;
  const set = style.unicode ? 'unicode' : 'ascii';
  return vcpus.map((vcpu) => {
    const { vm } = trace.header.vcpus[vcpu];
    const cells = Array.from(means[vcpu], (credit, cell) => ({ credit, isParked: parked[vcpu][cell] === 1 }));
    const above = cells.map(({ credit, isParked }) =>
      isParked ? 'p' : credit >= 0 ? HAS[set][levelOf(credit, fullOf)] : ' ',
    );
    const below = cells.map(({ credit }) => (credit < 0 ? OWES[set][levelOf(credit, fullOf)] : ' '));
    return { above: style.inVm(vm, above.join('')), below: style.inVm(vm, below.join('')) };
  });
}

/** What the characters mean. */
export function creditLegend(trace: Trace, style: Style): string {
  const full = trace.header.scenario.scheduler.parameters.tsliceNs / CREDIT_NS;
  const set = style.unicode ? 'unicode' : 'ascii';
  const [, low, middle, high] = HAS[set];
  const [, lowDebt, middleDebt, highDebt] = OWES[set];
  const third = Math.round(full / LEVELS);
  const numbers = [third, 2 * third, full].join(', ');
  return `credits: ${low}${middle}${high} up to ${numbers}; below ${lowDebt}${middleDebt}${highDebt} owes up to as much; p parked`;
}

function levelOf(credit: number, full: number): number {
  if (credit === 0) return 0;
  return Math.min(LEVELS, Math.ceil((LEVELS * Math.abs(credit)) / full));
}

/** Per vCPU and cell: the mean of what records told; NaN where none has yet. */
function meanCredits(trace: Trace, grid: Grid): Float64Array[] {
  const { rows, count, header, lost } = trace;
  const sums = header.vcpus.map(() => new Float64Array(grid.count));
  const covered = header.vcpus.map(() => new Float64Array(grid.count));
  const credit = header.vcpus.map(() => NaN);
  const sinceNs = header.vcpus.map(() => 0);
  const settle = (vcpu: number, untilNs: number): void => {
    if (Number.isNaN(credit[vcpu])) return;
    forCells(grid, sinceNs[vcpu], untilNs, (cell, partNs) => {
      sums[vcpu][cell] += partNs * credit[vcpu];
      covered[vcpu][cell] += partNs;
    });
  };
  const tell = (vcpu: number, value: number, timeNs: number): void => {
    if (vcpu < 0) return;
    settle(vcpu, timeNs);
    credit[vcpu] = value;
    sinceNs[vcpu] = timeNs;
  };
  const { decide, tick, pay, start } = COLUMNS;
  for (let row = 0; row < count; row++) {
    const at = row * WIDTH;
    const timeNs = rows[at + Column.timeNs];
    switch (rows[at + Column.kind]) {
      case Kind.decide:
        tell(rows[at + decide.prev], rows[at + decide.prevCredit], timeNs);
        tell(rows[at + decide.next], rows[at + decide.nextCredit], timeNs);
        break;
      case Kind.tick:
        tell(rows[at + tick.vcpu], rows[at + tick.credit], timeNs);
        break;
      case Kind.pay:
        tell(rows[at + pay.vcpu], rows[at + pay.after], timeNs);
        break;
      case Kind.start:
        header.vcpus.forEach(({ vm }, vcpu) => {
          if (vm === rows[at + start.vm] && lost.forgotten === 0) tell(vcpu, 0, timeNs);
        });
        break;
    }
  }
  header.vcpus.forEach((_, vcpu) => {
    settle(vcpu, endOf(trace));
  });
  return sums.map((sum, vcpu) => sum.map((value, cell) => value / covered[vcpu][cell]));
}

/** Per vCPU and cell: 1 where it was parked at least half the time. */
function parkedCells(trace: Trace, grid: Grid): Uint8Array[] {
  return spellsOf(trace).map((spells) => {
    const times = new Float64Array(grid.count);
    for (const { state, fromNs, toNs } of spells) {
      if (state !== 'parked') continue;
      forCells(grid, fromNs, toNs, (cell, partNs) => {
        times[cell] += partNs;
      });
    }
    return Uint8Array.from(times, (ns) => (2 * ns >= grid.cellNs ? 1 : 0));
  });
}
