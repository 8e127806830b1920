/**
 * The lanes' picture. Each slice is painted once, when it is known, and a frame copies what is in view: however short
 * the slices, a frame costs the same.
 */
import { hatchings, looksOf } from '../../report/html/viewer/theme.js';
import type { SliceStore } from '../model/slices.ts';
import { pieces, toPaint, type Range } from './columns.ts';

export interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly track: string;
  readonly warn: string;
  readonly font: string;
  readonly fill: readonly string[];
  readonly ink: readonly string[];
}

export interface Look {
  /** of the vCPU, as it stands in its slices */
  readonly name: string;
  readonly vm: number;
  readonly index: number;
}

/** All in pixels of the device. */
export interface StripLayout {
  readonly width: number;
  readonly laneHeight: number;
  readonly laneGap: number;
  readonly laneCount: number;
  readonly fontSize: number;
  readonly nsPerColumn: number;
  readonly palette: Palette;
}

/** Room for a window that is scrolled back a little, and a multiple of what hatchings repeat after. */
const MARGIN = 256;
/** From so many columns on a slice has a hair before it, so that quanta of the same vCPU are told apart. */
const HAIR_ROOM = 5;

export class Strip {
  private readonly canvas = new OffscreenCanvas(8, 8);
  private readonly pen: OffscreenCanvasRenderingContext2D;
  private layout: StripLayout | null = null;
  private hatches: readonly (CanvasPattern | null)[] = [];
  private unknown: CanvasPattern | null = null;
  private held: Range | null = null;
  private readonly widths = new Map<string, number>();

  constructor() {
    const pen = this.canvas.getContext('2d', { alpha: false });
    if (pen === null) throw new Error('this browser has no canvas');
    this.pen = pen;
  }

  get height(): number {
    const { laneCount = 0, laneHeight = 0, laneGap = 0 } = this.layout ?? {};
    return laneCount * (laneHeight + laneGap);
  }

  /** From nothing: another size, zoom or colour. */
  begin(layout: StripLayout): void {
    this.layout = layout;
    this.canvas.width = Math.ceil((layout.width + MARGIN) / 8) * 8;
    this.canvas.height = Math.max(1, this.height);
    this.hatches = hatchings(this.pen as unknown as CanvasRenderingContext2D, layout.palette.text);
    this.unknown = hatchings(this.pen as unknown as CanvasRenderingContext2D, layout.palette.line)[1];
    this.held = null;
    this.widths.clear();
  }

  /** Paints what is missing of a range. Columns that aren't over yet are left for later. */
  show(slices: SliceStore, wanted: Range, lookOf: (vcpu: number) => Look | undefined): void {
    const { layout } = this;
    if (layout === null) return;
    const known = Math.floor(slices.untilNs / layout.nsPerColumn);
    const range = { from: wanted.from, to: Math.max(wanted.from, Math.min(wanted.to, known)) };
    const { paint, held } = toPaint(this.held, range, this.canvas.width);
    this.held = held;
    for (const part of paint) this.paint(layout, slices, part, held, lookOf);
  }

  /** Copies columns, as far as they are held, so that `from` is at x. */
  copy(target: CanvasRenderingContext2D, { from, to }: Range, x: number, y: number): void {
    if (this.held === null || this.height === 0) return;
    const shown = { from: Math.max(from, this.held.from), to: Math.min(to, this.held.to) };
    for (const { at, from: first, count } of pieces(shown, this.canvas.width))
      target.drawImage(this.canvas, at, 0, count, this.height, x + first - from, y, count, this.height);
  }

  private paint(
    layout: StripLayout,
    slices: SliceStore,
    range: Range,
    held: Range,
    lookOf: (vcpu: number) => Look | undefined,
  ): void {
    const { laneHeight, laneGap, nsPerColumn, palette, fontSize } = layout;
    this.fill(palette.surface, range, 0, this.height);
    this.pen.font = `600 ${String(fontSize)}px ${palette.font}`;
    this.pen.textBaseline = 'middle';
    const fromNs = range.from * nsPerColumn;
    const toNs = range.to * nsPerColumn;
    for (const [i, lane] of slices.lanes.entries()) {
      const y = i * (laneHeight + laneGap);
      if (this.unknown !== null) this.fill(this.unknown, range, y, laneHeight);
      const hairs: number[] = [];
      const crowd = new Crowd((column, parts) => {
        this.paintCrowd(layout, column, y, parts, lookOf);
      });
      lane.each(fromNs, toNs, slices.untilNs, (vcpu, sliceFromNs, sliceToNs, isOpen) => {
        const slice = { from: sliceFromNs / nsPerColumn, to: sliceToNs / nsPerColumn };
        const edge = Math.floor(slice.from);
        const isRoomy = isOpen || slice.to - slice.from >= HAIR_ROOM;
        if (isRoomy && edge >= range.from && edge < range.to) hairs.push(edge);
        const from = Math.max(slice.from, range.from);
        const to = Math.min(slice.to, range.to);
        const whole = { from: Math.ceil(from), to: Math.floor(to) };
        if (whole.to - whole.from < 2) {
          crowd.add(vcpu, from, to);
          return;
        }
        // Columns at both ends belong to several slices.
        crowd.add(vcpu, from, whole.from);
        crowd.add(vcpu, whole.to, to);
        this.paintSlice(layout, whole, y, vcpu, lookOf);
        const look = lookOf(vcpu);
        if (look !== undefined) this.paintName(layout, look, slice, held, y);
      });
      crowd.flush();
      for (const edge of hairs) this.fill(palette.surface, { from: edge, to: edge + 1 }, y, laneHeight);
    }
  }

  private paintSlice(
    { laneHeight, palette }: StripLayout,
    range: Range,
    y: number,
    vcpu: number,
    lookOf: (vcpu: number) => Look | undefined,
  ): void {
    const look = lookOf(vcpu);
    if (look === undefined) {
      this.fill(palette.track, range, y, laneHeight);
      return;
    }
    const { color, hatching } = looksOf(look);
    this.fill(palette.fill[color], range, y, laneHeight);
    const hatch = this.hatches[hatching];
    if (hatch !== null && range.to - range.from >= 6) this.fill(hatch, range, y, laneHeight);
  }

  /** Several slices in one column: each has its part of the height. */
  private paintCrowd(
    { laneHeight, palette }: StripLayout,
    column: number,
    y: number,
    parts: ReadonlyMap<number, number>,
    lookOf: (vcpu: number) => Look | undefined,
  ): void {
    let top = y;
    for (const [vcpu, part] of [...parts].sort(([a], [b]) => a - b)) {
      const look = lookOf(vcpu);
      const height = part * laneHeight;
      const range = { from: column, to: column + 1 };
      this.fill(look === undefined ? palette.track : palette.fill[looksOf(look).color], range, top, height);
      top += height;
    }
  }

  /** Again and again in a long slice, so that the name is in view wherever one looks. */
  private paintName(
    { laneHeight, palette, fontSize, width }: StripLayout,
    look: Look,
    slice: Range,
    held: Range,
    y: number,
  ): void {
    const pad = Math.round(fontSize * 0.1);
    const room = this.widthOf(look.name) + 2 * pad;
    if (slice.to - slice.from < room + 1) return;
    const { color } = looksOf(look);
    const height = Math.min(laneHeight, fontSize * 1.5);
    const every = Math.max(room * 4, Math.floor(width / 2));
    const first = Math.max(0, Math.floor((held.from - slice.from) / every));
    for (let from = Math.floor(slice.from) + 1 + first * every; from + room <= slice.to; from += every) {
      if (from < held.from || from + room > held.to) continue;
      this.fill(palette.fill[color], { from, to: from + room }, y + (laneHeight - height) / 2, height);
      this.pen.fillStyle = palette.ink[color];
      const at = ((from % this.canvas.width) + this.canvas.width) % this.canvas.width;
      this.pen.fillText(look.name, at + pad, y + laneHeight / 2 + 1);
      if (at + room > this.canvas.width)
        this.pen.fillText(look.name, at + pad - this.canvas.width, y + laneHeight / 2 + 1);
    }
  }

  private fill(style: string | CanvasPattern, range: Range, y: number, height: number): void {
    this.pen.fillStyle = style;
    for (const { at, count } of pieces(range, this.canvas.width)) this.pen.fillRect(at, y, count, height);
  }

  private widthOf(text: string): number {
    const known = this.widths.get(text);
    if (known !== undefined) return known;
    const width = Math.ceil(this.pen.measureText(text).width);
    this.widths.set(text, width);
    return width;
  }
}

/** Gathers what is narrower than a column, column by column. */
class Crowd {
  private column = -1;
  private readonly parts = new Map<number, number>();
  private readonly paint: (column: number, parts: ReadonlyMap<number, number>) => void;

  constructor(paint: (column: number, parts: ReadonlyMap<number, number>) => void) {
    this.paint = paint;
  }

  add(vcpu: number, from: number, to: number): void {
    for (let at = from; at < to;) {
      const column = Math.floor(at);
      const end = Math.min(to, column + 1);
      if (column !== this.column) {
        this.flush();
        this.column = column;
      }
      this.parts.set(vcpu, (this.parts.get(vcpu) ?? 0) + end - at);
      at = end;
    }
  }

  flush(): void {
    if (this.parts.size > 0) this.paint(this.column, this.parts);
    this.parts.clear();
  }
}
