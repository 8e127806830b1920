/**
 * The token, without leaving it where others see it: an audience would read it off the address of a page that is shown
 * on a screen. It is kept for this tab alone, so that the page can be loaded again.
 */
import { addressOf, type Address } from './api.ts';

const KEY = 'creditlab-token';

/** What of a browser's window is needed. */
export interface Tab {
  readonly location: { readonly href: string };
  readonly history: { replaceState(data: null, title: '', url: string): void };
  readonly sessionStorage: { getItem(key: string): string | null; setItem(key: string, value: string): void };
}

/** Where the host is; the token disappears from the address. */
export function takeAddress(tab: Tab): Address {
  const { base, token } = addressOf(tab.location.href);
  if (token === null) return { base, token: kept(tab) };
  // A browser that keeps nothing needs the address to load the page again.
  if (keep(tab, token)) tab.history.replaceState(null, '', base);
  return { base, token };
}

/** Browsers that keep nothing throw. */
function kept(tab: Tab): string | null {
  try {
    return tab.sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keep(tab: Tab, token: string): boolean {
  try {
    tab.sessionStorage.setItem(KEY, token);
    return true;
  } catch {
    return false;
  }
}
