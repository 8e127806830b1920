import { useSignal, type ReadonlySignal } from '@preact/signals';
import type { Change } from '../../control/state.ts';
import { refusalOf } from '../model/api.ts';
import type { Model } from '../model/model.ts';
import type { Refused } from '../model/wish.ts';

/** A command that a button gives: it is given once at a time, and what the host says against it is kept to be shown. */
export function useCommand(model: Model): {
  readonly error: ReadonlySignal<Refused | null>;
  readonly isUnderWay: ReadonlySignal<boolean>;
  readonly give: (command: Readonly<Record<string, unknown>>) => Promise<Change | null>;
} {
  const error = useSignal<Refused | null>(null);
  const isUnderWay = useSignal(false);
  const give = async (command: Readonly<Record<string, unknown>>): Promise<Change | null> => {
    if (isUnderWay.value) return null;
    isUnderWay.value = true;
    error.value = null;
    try {
      return await model.api.command(command);
    } catch (caught) {
      error.value = refusalOf(caught);
      return null;
    } finally {
      isUnderWay.value = false;
    }
  };
  return { error, isUnderWay, give };
}
