/** Measured against predicted and ideal: where each value lies, and beside it how far from its prediction. */
import { SHARE_MARGIN_POINTS, WALL_MARGIN } from '../../analysis/band.ts';
import { html, NOTHING, type Html } from './html.ts';
import { axisAroundZero, axisFromZero, axisHead, plot, VM_COLORS, type Axis } from './plot.ts';
import type { HtmlRow } from './report.ts';
import { rowVms, type Quantity, type RowVm } from './row-vm.ts';

interface Comparison {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly of: (vm: RowVm) => Quantity;
  /** of the shown unit */
  readonly scale: number;
  readonly unit: string;
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
    scale: 1e-9,
    unit: 's',
    deviation: (value, predicted) => 100 * (value / predicted - 1),
    deviationUnit: '%',
    margin: 100 * WALL_MARGIN,
  });
}

export function sharesSection(rows: readonly HtmlRow[]): Html {
  return comparisonSection(rows, {
    id: 'shares',
    title: 'Shares of CPU time',
    caption: 'CPU time over the length of the run, in percent of one pCPU.',
    of: ({ share }) => share,
    scale: 1,
    unit: '%',
    deviation: (value, predicted) => value - predicted,
    deviationUnit: 'pts',
    margin: SHARE_MARGIN_POINTS,
  });
}

function comparisonSection(rows: readonly HtmlRow[], comparison: Comparison): Html {
  const { id, title, caption, of, scale, unit } = comparison;
  const vms = rowVms(rows).filter((vm) => of(vm).median !== null);
  if (vms.length === 0) return NOTHING;
  const axis = axisFromZero(
    vms.flatMap((vm) => valuesOf(of(vm)).map((value) => value * scale)),
    unit,
  );
  const hasBands = vms.some((vm) => of(vm).band !== null);
  const offAxis = hasBands
    ? axisAroundZero(
        vms.flatMap((vm) => deviations(of(vm), comparison)),
        comparison.deviationUnit,
      )
    : null;
  const hasIntervals = vms.some((vm) => of(vm).interval !== null);
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    <p>
      ${caption}${offAxis === null ? '' : ' On the right the same seen closer: how far each run is from its own prediction.'}
    </p>
    ${legend(hasBands, hasIntervals)}
    <div class="scroll">
      <table class="plots">
        <thead>
          <tr>
            <th scope="col">row</th>
            <th scope="col">VM</th>
            <th scope="col" class="wide"><span class="hidden">measured</span>${axisHead(axis)}</th>
            ${
              offAxis === null
                ? NOTHING
                : html`<th scope="col" class="wide">
                    <span class="hidden">off the prediction</span>${axisHead(offAxis)}
                  </th>`
            }
          </tr>
        </thead>
        <tbody>
          ${vms.map((vm, i) => plotRow(vm, vms[i - 1], axis, offAxis, comparison))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function plotRow(
  vm: RowVm,
  before: RowVm | undefined,
  axis: Axis,
  offAxis: Axis | null,
  comparison: Comparison,
): Html {
  const { of, scale, unit } = comparison;
  const { samples, interval, band, ideal, median } = of(vm);
  const main = plot(axis, {
    vm: vm.vm,
    measured: samples.map(({ value }) => value * scale),
    interval: interval === null ? null : [interval.low * scale, interval.high * scale],
    band: band === null ? null : [band.min * scale, band.max * scale],
    ideal: ideal === null ? null : ideal * scale,
  });
  const values = deviations(of(vm), comparison);
  const off =
    offAxis === null
      ? NOTHING
      : html`<td>
          ${plot(offAxis, {
            vm: vm.vm,
            measured: values.slice(0, samples.filter((sample) => sample.band !== null).length),
            interval: null,
            band: band === null ? null : bandDeviation(of(vm), comparison),
            ideal: null,
          })}
        </td>`;
  const spoken = `${((median ?? NaN) * scale).toFixed(3)} ${unit}`;
  return html`<tr class="${before?.row === vm.row ? '' : 'first'}">
    <th scope="row">${before?.row === vm.row ? '' : vm.row.label}</th>
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
    ${
      hasIntervals
        ? key(
            html`<line class="interval" x1="10%" x2="90%" y1="50%" y2="50%" />`,
            'interval of the median of the runs',
          )
        : NOTHING
    }
    ${
      hasBands
        ? key(
            html`<line class="band" x1="10%" x2="90%" y1="50%" y2="50%" />`,
            'predicted: least to greatest of 8 simulations (on the right with the margin that the machine may take)',
          )
        : NOTHING
    }
    ${key(html`<line class="ideal" x1="50%" x2="50%" y1="10%" y2="90%" />`, 'ideal proportional share')}
  </ul>`;
}
