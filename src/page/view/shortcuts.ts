/** Keys that work anywhere in the page, but not where text is written. */
import type { Page } from './page.ts';

export function listenToKeys(page: Page): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (page.dialog.value !== null || isWriting(event.target)) return;
    if (event.key === ' ' && isPressed(event.target)) return;
    if (!act(page, event.key)) return;
    event.preventDefault();
  };
  document.addEventListener('keydown', onKey);
  return () => {
    document.removeEventListener('keydown', onKey);
  };
}

function act(page: Page, key: string): boolean {
  const { model, preferences, dialog, isHeld } = page;
  switch (key.toLowerCase()) {
    case ' ':
      isHeld.value = !isHeld.value;
      return true;
    case 'p':
      preferences.togglePresenting();
      return true;
    case 'd':
      preferences.toggleTheme();
      return true;
    case '?':
      dialog.value = 'keys';
      return true;
    case 'm':
      if (!model.canCommand.value) return false;
      dialog.value = 'mark';
      return true;
    case 's':
      return press('#save');
    case 'a':
      return focus('#add-name');
  }
  return /^[1-9]$/.test(key) && focus(`.vm:nth-of-type(${key}) .slider`);
}

function press(selector: string): boolean {
  const button = document.querySelector<HTMLElement>(selector);
  button?.click();
  return button !== null;
}

function focus(selector: string): boolean {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  element?.scrollIntoView({ block: 'nearest' });
  return element !== null;
}

function isWriting(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== 'range' && target.type !== 'checkbox';
  return target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}

/** Space presses these. */
function isPressed(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLButtonElement || (target instanceof HTMLInputElement && target.type === 'checkbox')
  );
}
