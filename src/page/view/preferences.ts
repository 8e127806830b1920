/** How the page looks to this person: kept in the browser where it allows that. */
import { signal, type ReadonlySignal } from '@preact/signals';
import { readTheme } from '../../report/html/viewer/theme.js';
import type { Palette } from '../canvas/strip.ts';

const THEME_KEY = 'creditlab theme';

export type ThemeName = 'light' | 'dark';

export class Preferences {
  readonly theme: ReadonlySignal<ThemeName>;
  readonly isPresenting: ReadonlySignal<boolean>;
  /** counts changes of what canvases look like */
  readonly looks: ReadonlySignal<number>;
  readonly reducesMotion = matchMedia('(prefers-reduced-motion: reduce)');
  private readonly themeSignal = signal<ThemeName>('light');
  private readonly presentingSignal = signal(false);
  private readonly looksSignal = signal(0);
  private readonly root: HTMLElement;
  private readonly prefersDark = matchMedia('(prefers-color-scheme: dark)');
  private colors: Palette | null = null;

  constructor(root: HTMLElement) {
    this.root = root;
    this.theme = this.themeSignal;
    this.isPresenting = this.presentingSignal;
    this.looks = this.looksSignal;
    this.apply();
    this.prefersDark.addEventListener('change', () => {
      this.apply();
    });
    addEventListener('resize', () => {
      this.changed();
    });
  }

  get palette(): Palette {
    this.colors ??= readTheme(this.root);
    return this.colors;
  }

  /** Pixels of the letter that everything is measured in. */
  get rem(): number {
    return parseFloat(getComputedStyle(this.root).fontSize);
  }

  toggleTheme(): void {
    const other = this.theme.value === 'dark' ? 'light' : 'dark';
    const isAsTheSystem = (other === 'dark') === this.prefersDark.matches;
    store(isAsTheSystem ? null : other);
    this.apply(other);
  }

  togglePresenting(): void {
    this.presentingSignal.value = !this.presentingSignal.value;
    this.root.toggleAttribute('data-presenting', this.presentingSignal.value);
    this.changed();
  }

  private apply(theme: ThemeName = stored() ?? (this.prefersDark.matches ? 'dark' : 'light')): void {
    this.themeSignal.value = theme;
    this.root.dataset.theme = theme;
    this.changed();
  }

  private changed(): void {
    this.colors = null;
    this.looksSignal.value++;
  }
}

/** Browsers that keep nothing throw. */
function stored(): ThemeName | null {
  try {
    const theme = localStorage.getItem(THEME_KEY);
    return theme === 'dark' || theme === 'light' ? theme : null;
  } catch {
    return null;
  }
}

function store(theme: ThemeName | null): void {
  try {
    if (theme === null) localStorage.removeItem(THEME_KEY);
    else localStorage.setItem(THEME_KEY, theme);
  } catch {
    // It holds until the page is closed.
  }
}
