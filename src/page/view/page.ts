import type { Signal } from '@preact/signals';
import type { HostState, VmState } from '../../control/state.ts';
import type { Model } from '../model/model.ts';
import type { Preferences } from './preferences.ts';

export type DialogName = 'keys' | 'stop' | 'mark' | 'certificate';

/** What the parts of the page have in common. */
export interface Page {
  readonly model: Model;
  readonly preferences: Preferences;
  readonly dialog: Signal<DialogName | null>;
  /** the timeline stands still */
  readonly isHeld: Signal<boolean>;
}

export interface VmProps {
  readonly page: Page;
  readonly state: HostState;
  readonly vm: VmState;
}
