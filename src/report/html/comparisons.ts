/** Measured against predicted and ideal: where each value lies, and beside it how far from its prediction. */
import { SHARE_MARGIN_POINTS, WALL_MARGIN } from '../../analysis/band.ts';
import { median } from '../../analysis/stats.ts';
import { given, html, NOTHING, when, type Html } from './html.ts';
import { axisAroundZero, axisFromZero, axisHead, plot, VM_COLORS, type Axis } from './plot.ts';
import type { HtmlRow } from './input.ts';
import { vmsOverRuns, type Quantity, type VmOverRuns } from './vm-over-runs.ts';

interface Unit {
  readonly name: string;
  /** shown value of 1 */
  readonly scale: number;
}

interface Comparison {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly of: (vm: VmOverRuns) => Quantity;
  /** the units to choose from, the greatest first */
  readonly units: readonly Unit[];
  /** how far a value is from its prediction, and what it may miss the band by */
  readonly deviation: (value: number, predicted: number) => number;
  readonly deviationUnit: string;
  readonly margin: number;
}

export function timesSection(rows: readonly HtmlRow[]): Html {
  return comparisonSection(rows, {
    id: 'times',
    title: 'Execution times',
    caption: 'From the start of a VM until its last vCPU has done its work.',
    of: ({ wall }) => wall,
    units: [
      { name: 's', scale: 1e-9 },
      { name: 'ms', scale: 1e-6 },
      { name: 'µs', scale: 1e-3 },
    ],
    deviation: (value, predicted) => 100 * (value / predicted - 1),
    deviationUnit: '%',
    margin: 100 * WALL_MARGIN,
  });
}

export function sharesSection(rows: readonly HtmlRow[]): Html {
  return comparisonSection(rows, {
    id: 'shares',
    title: 'Shares of CPU time',
    caption:
      'CPU time while all VMs compete, in percent of one pCPU; where they never do, over the length of the run.',
    of: ({ share, contended }) => (contended.median === null ? share : contended),
    units: [{ name: '%', scale: 1 }],
    deviation: (value, predicted) => value - predicted,
    deviationUnit: 'pts',
    margin: SHARE_MARGIN_POINTS,
  });
}

/** Where the next smaller VM's values are so many times smaller, they would be dots near zero on the same axis. */
const FAR = 8;
/** A unit in which the greatest value is less is too great. */
const LEAST_SHOWN = 0.2;

function comparisonSection(rows: readonly HtmlRow[], comparison: Comparison): Html {
  const { id, title, caption, of } = comparison;
  const vms = vmsOverRuns(rows).filter((vm) => of(vm).median !== null);
  if (vms.length === 0) return NOTHING;
  const hasBands = vms.some((vm) => of(vm).band !== null);
  const hasIntervals = vms.some((vm) => of(vm).interval !== null);
  const groups = groupsOfLikeSize(vms, of);
  const closer = hasBands
    ? ' On the right the same seen closer: how far each run is from its own prediction.'
    : '';
  const apart =
    groups.length > 1 ? 'VMs whose figures are far smaller than those of others have axes of their own.' : '';
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    <p>${caption}${closer} ${apart}</p>
    ${legend(hasBands, hasIntervals)} ${groups.map((group) => plotTable(group, comparison))}
  </section>`;
}

/**
 * VMs in their order, in groups with the greatest values first. A VM's size is the median over its rows, so that it
 * stays in one group.
 */
function groupsOfLikeSize(vms: readonly VmOverRuns[], of: Comparison['of']): VmOverRuns[][] {
  const names = [...new Set(vms.map(({ spec }) => spec.name))];
  const sized = names
    .map((name) => ({
      name,
      size: median(vms.filter(({ spec }) => spec.name === name).map((vm) => of(vm).median ?? 0)),
    }))
    .sort((a, b) => b.size - a.size);
  const groups: Set<string>[] = [];
  sized.forEach(({ name, size }, i) => {
    // What is zero is a dot at zero on any axis.
    const isFarSmaller = size > 0 && size * FAR < (sized[i - 1]?.size ?? Infinity);
    if (i === 0 || isFarSmaller) groups.push(new Set([name]));
    else groups[groups.length - 1].add(name);
  });
  return groups.map((group) => vms.filter(({ spec }) => group.has(spec.name)));
}

/** Plots on one axis. */
function plotTable(vms: readonly VmOverRuns[], comparison: Comparison): Html {
  const { of, units, deviationUnit } = comparison;
  const values = vms.flatMap((vm) => valuesOf(of(vm)));
  const greatest = Math.max(...values);
  const unit = units.find(({ scale }) => greatest * scale >= LEAST_SHOWN) ?? units[units.length - 1];
  const axis = axisFromZero(
    values.map((value) => value * unit.scale),
    unit.name,
  );
  const off = vms.flatMap((vm) => deviations(of(vm), comparison));
  const offAxis = off.length === 0 ? null : axisAroundZero(off, deviationUnit);
  return html`<div class="scroll">
    <table class="plots">
      <thead>
        <tr>
          <th scope="col">row</th>
          <th scope="col" class="name">VM</th>
          <th scope="col" class="wide"><span class="hidden">measured</span>${axisHead(axis)}</th>
          ${given(
            offAxis,
            (around) =>
              html`<th scope="col" class="wide">
                <span class="hidden">off the prediction</span>${axisHead(around)}
              </th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${vms.map((vm, i) => plotRow(vm, vms[i - 1], { axis, offAxis, unit }, comparison))}
      </tbody>
    </table>
  </div>`;
}

function plotRow(
  vm: VmOverRuns,
  before: VmOverRuns | undefined,
  {
    axis,
    offAxis,
    unit: { name: unit, scale },
  }: { readonly axis: Axis; readonly offAxis: Axis | null; readonly unit: Unit },
  comparison: Comparison,
): Html {
  const { of } = comparison;
  const { samples, interval, band, ideal, median } = of(vm);
  const main = plot(axis, {
    vm: vm.vm,
    measured: samples.map(({ value }) => value * scale),
    interval: interval === null ? null : [interval.low * scale, interval.high * scale],
    band: band === null ? null : [band.min * scale, band.max * scale],
    ideal: ideal === null ? null : ideal * scale,
  });
  const values = deviations(of(vm), comparison);
  const bandOff = band === null ? null : bandDeviation(of(vm), comparison);
  const off =
    offAxis === null
      ? NOTHING
      : html`<td>
          ${plot(offAxis, {
            vm: vm.vm,
            measured: values.slice(0, samples.filter((sample) => sample.band !== null).length),
            interval: null,
            band: bandOff,
            ideal: null,
          })}
        </td>`;
  const spoken = `${((median ?? NaN) * scale).toFixed(3)} ${unit}`;
  const [rowClass, rowLabel] = before?.row === vm.row ? ['', ''] : ['first', vm.row.label];
  return html`<tr class="${rowClass}">
    <th scope="row">${rowLabel}</th>
    <td class="name"><span class="swatch vm-${vm.vm % VM_COLORS}"></span>${vm.spec.name}</td>
    <td><span class="hidden">${spoken}</span>${main}</td>
    ${off}
  </tr>`;
}

function valuesOf({ samples, band, ideal, interval }: Quantity): number[] {
  return [
    ...samples.map(({ value }) => value),
    ...(band === null ? [] : [band.max]),
    ...(ideal === null ? [] : [ideal]),
    ...(interval === null ? [] : [interval.high]),
  ];
}

/** Of each run that has a prediction how far it is off, then the ends of the band. */
function deviations(quantity: Quantity, comparison: Comparison): number[] {
  const { samples, band } = quantity;
  const off = samples.flatMap((sample) =>
    sample.band === null ? [] : [comparison.deviation(sample.value, sample.band.median)],
  );
  return band === null ? off : [...off, ...bandDeviation(quantity, comparison)];
}

/** The widest of the runs' bands, each seen from its own median, with the margin. */
function bandDeviation({ samples }: Quantity, { deviation, margin }: Comparison): readonly [number, number] {
  const bands = samples.flatMap(({ band }) => band ?? []);
  return [
    Math.min(...bands.map(({ min, median }) => deviation(min, median))) - margin,
    Math.max(...bands.map(({ max, median }) => deviation(max, median))) + margin,
  ];
}

function legend(hasBands: boolean, hasIntervals: boolean): Html {
  const key = (shape: Html, text: string): Html =>
    html`<li><svg class="key vm-none" aria-hidden="true">${shape}</svg>${text}</li>`;
  return html`<ul class="legend">
    ${key(html`<circle class="dot" cx="50%" cy="50%" r="4.5" />`, 'a run')}
    ${when(hasIntervals, () =>
      key(
        html`<line class="interval" x1="10%" x2="90%" y1="50%" y2="50%" />`,
        'interval of the median of the runs',
      ),
    )}
    ${when(hasBands, () =>
      key(
        html`<line class="band" x1="10%" x2="90%" y1="50%" y2="50%" />`,
        'predicted: least to greatest of 8 simulations (on the right with the margin that the machine may take)',
      ),
    )}
    ${key(html`<line class="ideal" x1="50%" x2="50%" y1="10%" y2="90%" />`, 'ideal proportional share')}
  </ul>`;
}
