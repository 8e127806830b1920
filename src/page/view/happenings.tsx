/** What happens, in words: the latest line large, and for those who hear the page. */
import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import type { Change, HostState, StepResponse } from '../../control/state.ts';
import { MOST_OTHERS } from '../canvas/timeline-picture.ts';
import { clockText } from './header.tsx';
import type { Page } from './page.ts';

/** Between two lines that are read out. */
const READ_OUT_MS = 2000;

export function Latest({ page: { model } }: { readonly page: Page }) {
  const [line] = model.lines.value;
  const spoken = useSignal('');
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => {
    // Of a host whose place another one has taken, nothing is read out any more.
    if (line === undefined) spoken.value = '';
    if (line === undefined || timer.current !== undefined) return;
    spoken.value = line.text;
    timer.current = window.setTimeout(() => {
      timer.current = undefined;
      spoken.value = model.lines.value[0]?.text ?? '';
    }, READ_OUT_MS);
  }, [line]);
  return (
    <div class="latest">
      <p class="latest-line">
        {line === undefined ? (
          <span class="quiet">What happens is told here.</span>
        ) : (
          <>
            <time>{clockText(line.atNs)}</time> {line.text}
          </>
        )}
      </p>
      <p class="hidden" aria-live="polite">
        {spoken.value}
      </p>
    </div>
  );
}

/** What spoils the numbers, or what is shown. */
export function Notices({
  page: { model },
  state,
}: {
  readonly page: Page;
  readonly state: HostState | null;
}) {
  const link = model.link.value;
  const disturbed = (state?.pcpus ?? []).filter(({ othersPercent }) => (othersPercent ?? 0) > MOST_OTHERS);
  return (
    <>
      {link.kind === 'refused' && (
        <p class="notice" role="alert">
          This link doesn’t open the host: {link.refused.message}. Use the link that the host printed.
        </p>
      )}
      {disturbed.length > 0 && (
        <p class="notice" role="status">
          {disturbanceText(disturbed)}
        </p>
      )}
    </>
  );
}

function disturbanceText(disturbed: HostState['pcpus']): string {
  const parts = disturbed.map(
    ({ cpu, othersPercent }) => `${(othersPercent ?? 0).toFixed(1)} % of CPU ${String(cpu)}`,
  );
  return (
    `Other programs take ${parts.join(', ')}: shares are that far off. ` +
    'If this browser is on the same machine, it may be one of them.'
  );
}

/** All changes, the latest first, and what each did to the shares. */
export function Changes({ page: { model } }: { readonly page: Page }) {
  const changes = [...model.changes.value].reverse();
  return (
    <section class="card changes detail" aria-labelledby="changes-title">
      <h2 id="changes-title">Changes</h2>
      {changes.length === 0 ? (
        <p class="quiet">None yet. Turn a knob: how soon and how far the shares follow is told here.</p>
      ) : (
        <ol>
          {changes.map((change) => (
            <ChangeLine
              key={change.number}
              change={change}
              responses={model.responses.value.get(change.number) ?? []}
            />
          ))}
        </ol>
      )}
    </section>
  );
}

function ChangeLine({
  change,
  responses,
}: {
  readonly change: Change;
  readonly responses: readonly StepResponse[];
}) {
  return (
    <li>
      <time>{clockText(change.atNs)}</time>
      <div>
        {change.words}
        {change.door !== 'page' && <span class="quiet"> · by {DOORS[change.door]}</span>}
        {responses.map((response) => (
          <p key={response.vm} class="response">
            {responseText(response)}
          </p>
        ))}
      </div>
    </li>
  );
}

const DOORS = {
  scenario: 'the scenario',
  command: 'a command',
  page: 'a page',
  http: 'a program, over HTTP',
  library: 'a program',
} as const;

/** `A: 33.3 → 50.1 %; moved after 0.11 s, settled after 1.02 s, overshoot 0.6 points` */
export function responseText({
  vm,
  fromPercent,
  toPercent,
  delayNs,
  settlingNs,
  overshootPoints,
}: StepResponse): string {
  const moved = delayNs === null ? 'it didn’t move' : `moved after ${seconds(delayNs)}`;
  const settled = settlingNs === null ? 'not settled' : `settled after ${seconds(settlingNs)}`;
  const change = `${vm}: ${fromPercent.toFixed(1)} → ${toPercent.toFixed(1)} %`;
  return `${change}; ${moved}, ${settled}, overshoot ${overshootPoints.toFixed(1)} points`;
}

function seconds(ns: number): string {
  return `${(ns / 1e9).toFixed(2)} s`;
}
