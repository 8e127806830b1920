import type { Trace } from '../../trace/trace.ts';
import { ganttFrame } from './gantt.ts';
import { verifyText, type ProgressOptions, type ProgressView } from './progress-view.ts';

/** What one looks at: long enough to see turns, short enough to see a quantum. */
const LAST_NS = 1e9;
const FRAME_MS = 200;
const CLEAR_LINE = '\r\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** A Gantt of the last second, drawn anew five times a second in the same place of a terminal. */
export function ganttProgress(
  { stream, style, nowMs = () => performance.now() }: ProgressOptions,
  recorded: () => Trace | null,
): ProgressView {
  let label = '';
  let lines = 0;
  let drawnMs = -Infinity;
  let isTextShown = false;

  const clear = (): void => {
    if (isTextShown) stream.write(CLEAR_LINE);
    if (lines > 0) stream.write(`\u001b[${lines}A\r${CLEAR_BELOW}`);
    isTextShown = false;
    lines = 0;
  };
  return {
    begin(nextLabel) {
      label = nextLabel;
      drawnMs = -Infinity;
    },
    update({ phase, text, elapsedNs, verifying }) {
      if (phase !== 'running') {
        clear();
        const left = verifying === undefined ? '' : `: ${verifyText(verifying)}`;
        stream.write(`${CLEAR_LINE}${style.dim(style.text(`${label}: ${text}${left} …`))}`);
        isTextShown = true;
        return;
      }
      if (nowMs() - drawnMs < FRAME_MS) return;
      const trace = recorded();
      if (trace === null) return;
      drawnMs = nowMs();
      const width = Math.max(40, (stream.columns ?? 80) - 1);
      const head = style.text(`${label}: ${(elapsedNs / 1e9).toFixed(1)} s, the last second`);
      const frame = [style.dim(head), ganttFrame(trace, LAST_NS, { width, style, classes: false })].join(
        '\n',
      );
      // What doesn't fit would scroll, and could not be drawn over.
      const shown = frame.split('\n').slice(0, Math.max(2, (stream.rows ?? 24) - 1));
      clear();
      stream.write(`${shown.join('\n')}\n`);
      lines = shown.length;
    },
    end: clear,
  };
}
