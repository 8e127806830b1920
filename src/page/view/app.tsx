import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { presentVms, type Model } from '../model/model.ts';
import { AddVm } from './add-vm.tsx';
import { Dialogs } from './dialogs.tsx';
import { Changes, Latest, Notices } from './happenings.tsx';
import { Header } from './header.tsx';
import type { DialogName, Page } from './page.ts';
import type { Preferences } from './preferences.ts';
import { Scheduler } from './scheduler.tsx';
import { Shares } from './shares.tsx';
import { listenToKeys } from './shortcuts.ts';
import { Timeline } from './timeline.tsx';
import { VmCard } from './vm-card.tsx';

export function App({ model, preferences }: { readonly model: Model; readonly preferences: Preferences }) {
  const dialog = useSignal<DialogName | null>(null);
  const isHeld = useSignal(false);
  const page = useMemo<Page>(() => ({ model, preferences, dialog, isHeld }), []);
  useEffect(() => listenToKeys(page), []);
  const state = model.state.value;
  return (
    <>
      <Header page={page} state={state} />
      <main>
        <Notices page={page} state={state} />
        <Latest page={page} />
        {state !== null && (
          <>
            <Timeline page={page} state={state} />
            <section class="vms" aria-label="VMs">
              {presentVms(state).map((vm) => (
                <VmCard key={vm.id} page={page} state={state} vm={vm} />
              ))}
              {presentVms(state).length === 0 && <p class="card quiet">No VM yet. Add one below.</p>}
            </section>
            <div class="pair">
              <Shares page={page} />
              <Changes page={page} />
            </div>
            <div class="pair detail">
              <Scheduler page={page} state={state} />
              <AddVm page={page} state={state} />
            </div>
          </>
        )}
      </main>
      <Dialogs page={page} />
    </>
  );
}
