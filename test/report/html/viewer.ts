import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../../src/base/package-root.ts';

/** The part of the viewer that needs no browser, as the tests use it. The viewer is JavaScript and isn't compiled. */
export interface Range {
  readonly fromNs: number;
  readonly toNs: number;
}

export interface Spans {
  readonly fromNs: Float64Array;
  readonly toNs: Float64Array;
  readonly vcpu: Uint16Array;
}

interface Modules {
  readonly 'columns.js': {
    readonly layOut: (
      spans: Spans,
      range: Range,
      width: number,
      vcpuCount: number,
      wide: (span: number, x: number, width: number) => void,
      narrow: (vcpu: number, x: number, from: number, part: number) => void,
    ) => void;
    readonly steps: (
      timeNs: Float64Array,
      values: Float64Array,
      range: Range,
      width: number,
      each: (x: number, first: number, least: number, greatest: number, last: number) => void,
    ) => void;
  };
  readonly 'range.js': {
    readonly zoomed: (range: Range, bounds: Range, factor: number, aroundNs: number) => Range;
    readonly moved: (range: Range, bounds: Range, byNs: number) => Range;
    readonly showing: (range: Range, bounds: Range, span: Range) => Range;
  };
  readonly 'search.js': {
    readonly firstAbove: (ascending: Float64Array, limit: number) => number;
    readonly spanAt: (spans: Pick<Spans, 'fromNs' | 'toNs'>, timeNs: number) => number;
    readonly spanNear: (spans: Pick<Spans, 'fromNs' | 'toNs'>, timeNs: number, reachNs: number) => number;
    readonly stayOfSlice: (stays: Spans, slices: Spans, slice: number) => number;
  };
  readonly 'units.js': {
    readonly timeMarks: (range: Range, most: number) => { stepNs: number; marks: number[] };
    readonly instantText: (ns: number, stepNs: number) => string;
    readonly lengthText: (ns: number) => string;
  };
}

export async function importViewer<Name extends keyof Modules>(name: Name): Promise<Modules[Name]> {
  const file = join(packageRoot(), 'src', 'report', 'html', 'viewer', name);
  return (await import(pathToFileURL(file).href)) as Modules[Name];
}
