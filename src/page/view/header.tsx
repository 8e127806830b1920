/** Who runs here, since when, how well it is connected and how far it can be trusted; and what concerns all of it. */
import { useSignal } from '@preact/signals';
import type { HostState } from '../../control/state.ts';
import { refusalOf } from '../model/api.ts';
import type { Connection } from '../model/connection.ts';
import type { Refused } from '../model/wish.ts';
import type { Page } from './page.ts';
import { Problem } from './problem.tsx';

export function Header({ page, state }: { readonly page: Page; readonly state: HostState | null }) {
  const { model, preferences, dialog } = page;
  return (
    <header class="top">
      <h1>
        <span class="brand">creditlab</span>
        {state !== null && <span class="host">{state.name}</span>}
      </h1>
      {state !== null && (
        <p class="facts">
          <span>{state.scheduler.type}</span>
          <span>{state.machine === 'hardware' ? 'real cores' : 'simulated'}</span>
          <Time page={page} state={state} />
        </p>
      )}
      <Link link={model.link.value} />
      {state !== null && <Certificate page={page} state={state} />}
      <div class="actions">
        {!model.isReader.value && (
          <>
            <button
              type="button"
              disabled={!model.canCommand.value}
              aria-keyshortcuts="m"
              onClick={() => {
                dialog.value = 'mark';
              }}
            >
              Mark
            </button>
            <Save page={page} />
          </>
        )}
        <button
          type="button"
          aria-pressed={preferences.isPresenting.value}
          aria-keyshortcuts="p"
          onClick={() => {
            preferences.togglePresenting();
          }}
        >
          Present
        </button>
        <button
          type="button"
          class="icon"
          aria-label={preferences.theme.value === 'dark' ? 'light colours' : 'dark colours'}
          aria-keyshortcuts="d"
          onClick={() => {
            preferences.toggleTheme();
          }}
        >
          {preferences.theme.value === 'dark' ? '☀' : '☾'}
        </button>
        <button
          type="button"
          class="icon"
          aria-label="keys"
          aria-keyshortcuts="?"
          onClick={() => {
            dialog.value = 'keys';
          }}
        >
          ?
        </button>
        {!model.isReader.value && (
          <button
            type="button"
            class="stop"
            disabled={!model.canCommand.value}
            onClick={() => {
              dialog.value = 'stop';
            }}
          >
            Stop
          </button>
        )}
      </div>
    </header>
  );
}

/** With the shares, ten times a second. */
function Time({ page: { model }, state }: { readonly page: Page; readonly state: HostState }) {
  void model.sample.value;
  const { shares } = model;
  const ns = Math.max(state.nowNs, shares.count === 0 ? 0 : shares.timeOf(shares.count - 1));
  return <time class="clock">{clockText(ns)}</time>;
}

/** `1:02:03.4`, `2:03.4`, `3.4 s` */
export function clockText(ns: number): string {
  const tenths = Math.floor(ns / 1e8);
  const [hours, minutes] = [Math.floor(tenths / 36_000), Math.floor(tenths / 600) % 60];
  const seconds = ((tenths % 600) / 10).toFixed(1);
  if (tenths < 600) return `${seconds} s`;
  const rest = `:${seconds.padStart(4, '0')}`;
  return hours === 0 ? String(minutes) + rest : `${String(hours)}:${String(minutes).padStart(2, '0')}${rest}`;
}

function Link({ link }: { readonly link: Connection }) {
  return (
    <p class={`link link-${link.kind}`} role="status">
      <span class="dot" aria-hidden="true" />
      {linkText(link)}
    </p>
  );
}

function linkText(link: Connection): string {
  switch (link.kind) {
    case 'connecting':
      return 'connecting';
    case 'live':
      return link.rights === 'all' ? 'live' : 'live, for reading';
    case 'lost':
      return 'connection lost, trying again';
    case 'refused':
      return 'refused';
    case 'ended':
      return 'ended';
  }
}

function Certificate({ page: { dialog }, state }: { readonly page: Page; readonly state: HostState }) {
  const { certificate } = state;
  if (certificate === null) return null;
  return (
    <button
      type="button"
      class={`certificate verdict-${certificate.verdict}`}
      title={certificate.sentences.join(' ')}
      onClick={() => {
        dialog.value = 'certificate';
      }}
    >
      certificate: {certificate.verdict}
    </button>
  );
}

function Save({ page: { model } }: { readonly page: Page }) {
  const error = useSignal<Refused | null>(null);
  const save = async (): Promise<void> => {
    error.value = null;
    try {
      download(await model.scenario(), `${model.state.value?.name ?? 'played'}.yaml`);
    } catch (caught) {
      error.value = refusalOf(caught);
    }
  };
  return (
    <>
      <button
        type="button"
        disabled={!model.canSave.value}
        aria-keyshortcuts="s"
        id="save"
        title="what was played until now, as a scenario file"
        onClick={() => void save()}
      >
        Save
      </button>
      <Problem refused={error.value} />
    </>
  );
}

function download(yaml: string, name: string): void {
  const url = URL.createObjectURL(new Blob([yaml], { type: 'text/yaml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
