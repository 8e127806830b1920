/** The timeline as it is drawn, once per frame: the strip's part in view, the axis, marks and names of lanes. */
import { timeMarks, instantText } from '../../report/html/viewer/units.js';
import type { Change, HostState } from '../../control/state.ts';
import type { Slice, SliceStore } from '../model/slices.ts';
import { Strip, type Look, type Palette } from './strip.ts';

export interface TimelineScene {
  readonly state: HostState;
  readonly slices: SliceStore;
  /** at the right edge */
  readonly toNs: number;
  readonly spanNs: number;
  /** the slice that is looked at */
  readonly looked: Slice | null;
  readonly changes: readonly Change[];
  readonly lookOf: (vcpu: number) => Look | undefined;
}

interface Sizes {
  readonly ratio: number;
  readonly width: number;
  readonly gutter: number;
  readonly axis: number;
  readonly lane: number;
  readonly gap: number;
  readonly font: number;
}

/** What other programs may take before it is said, points. */
export const MOST_OTHERS = 1;

export class TimelinePicture {
  private readonly canvas: HTMLCanvasElement;
  private readonly pen: CanvasRenderingContext2D;
  private readonly strip = new Strip();
  private sizes: Sizes | null = null;
  private stripKey = '';

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    const pen = canvas.getContext('2d', { alpha: false });
    if (pen === null) throw new Error('this browser has no canvas');
    this.pen = pen;
  }

  /** CSS pixels that the lanes begin at. */
  get gutter(): number {
    return this.sizes === null ? 0 : this.sizes.gutter / this.sizes.ratio;
  }

  /** The size of the window, of its letters, or the number of lanes has changed. */
  fit(laneCount: number, rem: number): void {
    const ratio = devicePixelRatio;
    const cssWidth = this.canvas.clientWidth;
    const lane = Math.round(rem * (laneCount > 8 ? 1.5 : 2.5) * ratio);
    const gap = Math.round(rem * 0.3 * ratio);
    const axis = Math.round(rem * 1.5 * ratio);
    const height = axis + laneCount * (lane + gap);
    const width = Math.round(cssWidth * ratio);
    const isNarrow = cssWidth < 36 * rem;
    this.sizes = {
      ratio,
      width,
      gutter: Math.round(rem * (isNarrow ? 4.2 : 6.5) * ratio),
      axis,
      lane,
      gap,
      font: Math.round(rem * 0.82 * ratio),
    };
    if (this.canvas.width === width && this.canvas.height === height) return;
    this.canvas.width = width;
    this.canvas.height = height;
    this.canvas.style.height = `${String(height / ratio)}px`;
  }

  /** Which pCPU and instant are at a point of the canvas, CSS pixels. */
  pointAt(x: number, y: number, toNs: number, spanNs: number): { pcpu: number; ns: number } | null {
    const { sizes } = this;
    if (sizes === null) return null;
    const { ratio, gutter, axis, lane, gap, width } = sizes;
    const pcpu = Math.floor((y * ratio - axis) / (lane + gap));
    const part = (x * ratio - gutter) / (width - gutter);
    return pcpu < 0 || part < 0 || part > 1 ? null : { pcpu, ns: toNs - spanNs * (1 - part) };
  }

  draw(scene: TimelineScene, palette: Palette): void {
    const { sizes, pen } = this;
    if (sizes === null) return;
    const { width, gutter, axis } = sizes;
    const columns = Math.max(1, width - gutter);
    const nsPerColumn = scene.spanNs / columns;
    this.prepareStrip(scene, sizes, palette, columns, nsPerColumn);
    const to = Math.floor(scene.toNs / nsPerColumn);
    const range = { from: to - columns, to };
    this.strip.show(scene.slices, range, scene.lookOf);
    pen.fillStyle = palette.surface;
    pen.fillRect(0, 0, width, this.canvas.height);
    this.strip.copy(pen, range, gutter, axis);
    const xOf = (ns: number): number => gutter + ns / nsPerColumn - range.from;
    this.drawAxis(scene, sizes, palette, xOf);
    this.drawChanges(scene, sizes, palette, xOf);
    if (scene.looked !== null) this.drawLooked(scene, scene.looked, sizes, palette, xOf);
    this.drawNames(scene.state, sizes, palette);
  }

  private prepareStrip(
    { slices, spanNs }: TimelineScene,
    sizes: Sizes,
    palette: Palette,
    columns: number,
    nsPerColumn: number,
  ): void {
    const { lane, gap, font } = sizes;
    const laneCount = slices.lanes.length;
    const colors = [palette.surface, palette.text, ...palette.fill].join();
    const key = [columns, lane, gap, laneCount, font, spanNs, colors].join('/');
    if (key === this.stripKey) return;
    this.stripKey = key;
    this.strip.begin({
      width: columns,
      laneHeight: lane,
      laneGap: gap,
      laneCount,
      fontSize: font,
      nsPerColumn,
      palette,
    });
  }

  /** The host's slices are others: another host. */
  forget(): void {
    this.stripKey = '';
  }

  private drawAxis(
    { toNs, spanNs }: TimelineScene,
    { width, gutter, axis, font, ratio }: Sizes,
    palette: Palette,
    xOf: (ns: number) => number,
  ): void {
    const { pen } = this;
    const range = { fromNs: Math.max(0, toNs - spanNs), toNs };
    const { stepNs, marks } = timeMarks(range, (width - gutter) / (font * 8));
    pen.font = `${String(font)}px ${palette.font}`;
    pen.textBaseline = 'middle';
    pen.textAlign = 'center';
    for (const ns of marks) {
      const x = Math.round(xOf(ns));
      pen.fillStyle = palette.line;
      pen.fillRect(x, axis - 5 * ratio, ratio, 5 * ratio);
      const text = instantText(ns, stepNs);
      const half = pen.measureText(text).width / 2;
      if (x - half < gutter || x + half > width) continue;
      pen.fillStyle = palette.muted;
      pen.fillText(text, x, (axis - 5 * ratio) / 2);
    }
  }

  /** Marks are lines with their text; other changes are small triangles on the axis. */
  private drawChanges(
    { changes, toNs, spanNs }: TimelineScene,
    { width, gutter, axis, font, ratio }: Sizes,
    palette: Palette,
    xOf: (ns: number) => number,
  ): void {
    const { pen } = this;
    for (const { command, atNs, values } of changes) {
      if (atNs < toNs - spanNs || atNs > toNs) continue;
      const x = Math.round(xOf(atNs));
      pen.fillStyle = palette.text;
      if (command !== 'mark') {
        pen.beginPath();
        pen.moveTo(x - 5 * ratio, axis - 8 * ratio);
        pen.lineTo(x + 5 * ratio, axis - 8 * ratio);
        pen.lineTo(x, axis - ratio);
        pen.fill();
        continue;
      }
      pen.fillRect(x - ratio, axis - 8 * ratio, 2 * ratio, this.canvas.height - axis + 8 * ratio);
      pen.font = `600 ${String(font)}px ${palette.font}`;
      pen.textAlign = 'left';
      const text = typeof values.text === 'string' ? values.text : '';
      const room = pen.measureText(text).width + 10 * ratio;
      const left = Math.max(gutter, Math.min(x, width - room));
      pen.fillRect(left, 0, room, axis - 3 * ratio);
      pen.fillStyle = palette.surface;
      pen.fillText(text, left + 5 * ratio, (axis - 3 * ratio) / 2 + ratio);
    }
  }

  private drawLooked(
    { toNs, spanNs }: TimelineScene,
    looked: Slice,
    { gutter, axis, lane, gap, ratio, width }: Sizes,
    palette: Palette,
    xOf: (ns: number) => number,
  ): void {
    const { pen } = this;
    const endNs = looked.toNs ?? toNs;
    if (endNs < toNs - spanNs || looked.fromNs > toNs) return;
    const left = Math.max(gutter, xOf(looked.fromNs));
    const right = Math.min(width, Math.max(xOf(endNs), left + 3 * ratio));
    const y = axis + looked.pcpu * (lane + gap);
    pen.lineWidth = 4 * ratio;
    pen.strokeStyle = palette.surface;
    pen.strokeRect(left, y + ratio, right - left, lane - 2 * ratio);
    pen.lineWidth = 2 * ratio;
    pen.strokeStyle = palette.text;
    pen.strokeRect(left, y + ratio, right - left, lane - 2 * ratio);
  }

  private drawNames({ pcpus }: HostState, sizes: Sizes, palette: Palette): void {
    const { pen } = this;
    const { gutter, axis, lane, gap, font, ratio } = sizes;
    pen.textAlign = 'left';
    for (const [i, { cpu, busyPercent, othersPercent }] of pcpus.entries()) {
      const middle = axis + i * (lane + gap) + lane / 2;
      const isDisturbed = othersPercent !== null && othersPercent > MOST_OTHERS;
      const hasRoom = lane > font * 2.2;
      pen.font = `600 ${String(font)}px ${palette.font}`;
      pen.fillStyle = isDisturbed ? palette.warn : palette.text;
      pen.fillText(
        `CPU ${String(cpu)}`,
        2 * ratio,
        hasRoom ? middle - font * 0.6 : middle,
        gutter - 6 * ratio,
      );
      if (!hasRoom) continue;
      pen.font = `${String(Math.round(font * 0.88))}px ${palette.font}`;
      pen.fillStyle = isDisturbed ? palette.warn : palette.muted;
      const text = isDisturbed
        ? `others ${othersPercent.toFixed(1)} %`
        : `${Math.min(100, busyPercent).toFixed(0)} % busy`;
      pen.fillText(text, 2 * ratio, middle + font * 0.65, gutter - 6 * ratio);
    }
  }
}
