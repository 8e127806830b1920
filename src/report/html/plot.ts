/**
 * A measured value beside its prediction, as a plot in one cell of a table: the table's cells have the same in figures,
 * so nothing is in the plot alone. Places are percentages, so that plots stretch and their text doesn't.
 */
import { given, html, type Html } from './html.ts';

export interface Axis {
  readonly from: number;
  readonly to: number;
  /** unit behind the numbers of the axis */
  readonly unit: string;
}

export interface Marks {
  /** index of the VM, for its colour */
  readonly vm: number;
  /** per run */
  readonly measured: readonly number[];
  /** the confidence interval of the measured median */
  readonly interval: readonly [number, number] | null;
  /** least and greatest prediction */
  readonly band: readonly [number, number] | null;
  readonly ideal: number | null;
}

/** Colours of VMs, as in style.css; after the last they come again. */
export const VM_COLORS = 8;

export function plot(axis: Axis, { vm, measured, interval, band, ideal }: Marks): Html {
  const at = (value: number): string => `${percent(axis, value).toFixed(3)}%`;
  return html`<svg class="plot vm-${vm % VM_COLORS}" aria-hidden="true">
    ${ticksOf(axis).map((tick) => html`<line class="grid" x1="${at(tick)}" x2="${at(tick)}" y1="0" y2="100%" />`)}
    ${given(band, ([low, high]) => html`<line class="band" x1="${at(low)}" x2="${at(high)}" y1="50%" y2="50%" />`)}
    ${given(ideal, (value) => html`<line class="ideal" x1="${at(value)}" x2="${at(value)}" y1="10%" y2="90%" />`)}
    ${given(
      interval,
      ([low, high]) => html`<line class="interval" x1="${at(low)}" x2="${at(high)}" y1="50%" y2="50%" />`,
    )}
    ${measured.map((value) => html`<circle class="dot" cx="${at(value)}" cy="50%" r="4.5" />`)}
  </svg>`;
}

/** The numbers above a column of plots. */
export function axisHead(axis: Axis): Html {
  const ticks = ticksOf(axis);
  return html`<svg class="axis" aria-hidden="true">
    ${ticks.map((tick, i) => {
      const sign = axis.from < 0 && tick > 0 ? '+' : tick < 0 ? '−' : '';
      const unit = i === ticks.length - 1 ? ` ${axis.unit}` : '';
      return html`<text x="${percent(axis, tick).toFixed(3)}%" y="12" text-anchor="middle">
        ${sign}${Number(Math.abs(tick).toPrecision(6))}${unit}
      </text>`;
    })}
  </svg>`;
}

/** An axis from zero to a round number above all values. */
export function axisFromZero(values: readonly number[], unit: string): Axis {
  const most = Math.max(0, ...values);
  const step = niceStep(most / 5);
  return { from: 0, to: Math.max(step, Math.ceil(most / step) * step), unit };
}

/** An axis around zero. */
export function axisAroundZero(values: readonly number[], unit: string): Axis {
  const most = Math.max(0, ...values.map(Math.abs));
  const step = niceStep(most / 2);
  const to = Math.max(step, Math.ceil(most / step) * step);
  return { from: -to, to, unit };
}

function percent({ from, to }: Axis, value: number): number {
  return Math.min(100, Math.max(0, (100 * (value - from)) / (to - from)));
}

export function ticksOf({ from, to }: Axis): number[] {
  const step = niceStep((to - from) / 5);
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor((to - first * step) / step + 1e-9) + 1;
  return Array.from({ length: count }, (_, i) => (first + i) * step);
}

/** 1, 2 or 5 times a power of ten, not below the value. */
function niceStep(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5].find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10);
}
