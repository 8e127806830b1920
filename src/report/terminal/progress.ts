import { barProgress } from './progress-bars.ts';
import { ganttProgress } from './progress-gantt.ts';
import { lineProgress } from './progress-lines.ts';
import type { ProgressOptions, ProgressView } from './progress-view.ts';

/** Bars on a terminal, plain lines elsewhere, nothing when quiet. */
export function createProgress(options: ProgressOptions): ProgressView {
  if (options.quiet) return silent;
  const { stream, gantt = null } = options;
  if (stream.isTTY !== true) return lineProgress(options);
  return gantt === null ? barProgress(options) : ganttProgress(options, gantt);
}

const silent: ProgressView = { begin() {}, update() {}, end() {} };
