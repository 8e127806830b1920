/** Shares over the last minute: what was measured as lines, what VMs are entitled to dashed. Ten times a second. */
import { looksOf } from '../../report/html/viewer/theme.js';
import type { Change, HostState, VmState } from '../../control/state.ts';
import { scaleTop, SHARE_SPAN_NS, type ShareHistory } from '../model/shares.ts';
import type { Palette } from './strip.ts';

export interface ShareScene {
  readonly state: HostState;
  readonly shares: ShareHistory;
  readonly changes: readonly Change[];
  readonly colorOf: (vm: VmState) => number;
}

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly toNs: number;
  readonly most: number;
  readonly ratio: number;
  readonly font: number;
}

export class SharePicture {
  private readonly canvas: HTMLCanvasElement;
  private readonly pen: CanvasRenderingContext2D;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    const pen = canvas.getContext('2d', { alpha: false });
    if (pen === null) throw new Error('this browser has no canvas');
    this.pen = pen;
  }

  draw(scene: ShareScene, palette: Palette, rem: number): void {
    const ratio = devicePixelRatio;
    const width = Math.round(this.canvas.clientWidth * ratio);
    const height = Math.round(this.canvas.clientHeight * ratio);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    const { pen } = this;
    const { shares, state } = scene;
    const font = Math.round(rem * 0.8 * ratio);
    pen.fillStyle = palette.surface;
    pen.fillRect(0, 0, width, height);
    const frame: Frame = {
      left: font * 3,
      right: width - font * 6.2,
      top: font * 0.8,
      bottom: height - font * 1.8,
      toNs: Math.max(shares.count === 0 ? 0 : shares.timeOf(shares.count - 1), 1e9),
      most: scaleTop(shares.highest()),
      ratio,
      font,
    };
    this.drawGrid(frame, palette);
    this.drawChanges(frame, palette, scene.changes);
    const colors = new Map(
      state.vms.map(
        (vm) => [vm.id, palette.fill[looksOf({ vm: scene.colorOf(vm), index: 0 }).color]] as const,
      ),
    );
    for (const vm of shares.vms) {
      const color = colors.get(vm);
      if (color !== undefined) this.drawVm(frame, palette, shares, vm, color);
    }
    this.drawEnds(frame, palette, scene, colors);
  }

  private drawGrid({ left, right, top, bottom, toNs, most, ratio, font }: Frame, palette: Palette): void {
    const { pen } = this;
    pen.font = `${String(font)}px ${palette.font}`;
    pen.textBaseline = 'middle';
    const step = most / (most % 4 === 0 || most === 50 ? 4 : 5);
    for (let percent = 0; percent <= most; percent += step) {
      const y = Math.round(bottom - (percent / most) * (bottom - top));
      pen.fillStyle = palette.line;
      pen.fillRect(left, y, right - left, ratio);
      pen.fillStyle = palette.muted;
      pen.textAlign = 'right';
      pen.fillText(String(percent), left - font * 0.5, y);
    }
    pen.textAlign = 'center';
    const spanNs = SHARE_SPAN_NS;
    for (let ago = 60; ago >= 0; ago -= 15) {
      const ns = toNs - ago * 1e9;
      if (ns < 0) continue;
      const x = left + (1 - (ago * 1e9) / spanNs) * (right - left);
      pen.fillStyle = palette.muted;
      pen.fillText(ago === 0 ? 'now' : `−${String(ago)} s`, x, bottom + font);
    }
  }

  private drawChanges(
    { left, right, top, bottom, toNs, ratio }: Frame,
    palette: Palette,
    changes: readonly Change[],
  ): void {
    const { pen } = this;
    pen.fillStyle = palette.muted;
    pen.globalAlpha = 0.4;
    for (const { atNs } of changes) {
      const part = 1 - (toNs - atNs) / SHARE_SPAN_NS;
      if (part >= 0 && part <= 1)
        pen.fillRect(Math.round(left + part * (right - left)), top, ratio, bottom - top);
    }
    pen.globalAlpha = 1;
  }

  private drawVm(
    { left, right, top, bottom, toNs, most, ratio }: Frame,
    palette: Palette,
    shares: ShareHistory,
    vm: number,
    color: string,
  ): void {
    const { pen } = this;
    const line = (valueOf: (index: number) => number): void => {
      pen.beginPath();
      let isOn = false;
      for (let i = 0; i < shares.count; i++) {
        const part = 1 - (toNs - shares.timeOf(i)) / SHARE_SPAN_NS;
        const value = valueOf(i);
        if (part < 0 || Number.isNaN(value)) {
          isOn = false;
          continue;
        }
        const x = left + part * (right - left);
        const y = bottom - (value / most) * (bottom - top);
        if (isOn) pen.lineTo(x, y);
        else pen.moveTo(x, y);
        isOn = true;
      }
      pen.stroke();
    };
    pen.lineJoin = 'round';
    pen.strokeStyle = color;
    pen.lineWidth = 1.5 * ratio;
    pen.setLineDash([4 * ratio, 4 * ratio]);
    line((i) => shares.entitled(vm, i));
    pen.setLineDash([]);
    // A dark edge, so that pale colours are seen on a pale page.
    pen.strokeStyle = palette.text;
    pen.globalAlpha = 0.25;
    pen.lineWidth = 4 * ratio;
    line((i) => shares.measured(vm, i));
    pen.globalAlpha = 1;
    pen.strokeStyle = color;
    pen.lineWidth = 2.5 * ratio;
    line((i) => shares.measured(vm, i));
  }

  /** Names and values at the right ends of the lines, moved apart where they would lie on each other. */
  private drawEnds(
    { right, top, bottom, most, font, ratio }: Frame,
    palette: Palette,
    { state, shares }: ShareScene,
    colors: ReadonlyMap<number, string>,
  ): void {
    const { pen } = this;
    const ends = state.vms
      .map(({ id, name }) => ({ id, name, value: shares.latest(id) }))
      .filter(({ value }) => !Number.isNaN(value))
      .map((end) => ({ ...end, y: bottom - (end.value / most) * (bottom - top) }))
      .sort((a, b) => a.y - b.y);
    const room = font * 1.25;
    for (let i = ends.length - 1, floor = bottom; i >= 0; i--, floor = ends[i + 1].y - room)
      ends[i].y = Math.min(ends[i].y, floor);
    for (let i = 0, ceiling = top; i < ends.length; i++, ceiling = ends[i - 1].y + room)
      ends[i].y = Math.max(ends[i].y, ceiling);
    pen.textBaseline = 'middle';
    pen.textAlign = 'left';
    for (const { id, name, value, y } of ends) {
      pen.fillStyle = colors.get(id) ?? palette.muted;
      pen.fillRect(right + font * 0.4, y - font * 0.4, font * 0.5, font * 0.8);
      pen.fillStyle = palette.text;
      pen.font = `600 ${String(font)}px ${palette.font}`;
      pen.fillText(`${name} ${value.toFixed(1)}`, right + font * 1.2, y + ratio, font * 5);
    }
  }
}
