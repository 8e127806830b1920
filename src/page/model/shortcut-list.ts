/** The keys, as the page and docs/live-page.md list them. */
export const SHORTCUTS: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ['Space'], does: 'holds the timeline, and lets it go on' },
  { keys: ['←', '→'], does: 'in the timeline: the slice before and after' },
  { keys: ['↑', '↓'], does: 'in the timeline: another pCPU' },
  { keys: ['Page ↑', 'Page ↓'], does: 'in the timeline: back and forward' },
  { keys: ['+', '−'], does: 'more or less of the time in view' },
  { keys: ['1', '…', '9'], does: 'to the knobs of a VM' },
  { keys: ['A'], does: 'add a VM' },
  { keys: ['M'], does: 'mark this instant' },
  { keys: ['S'], does: 'save what was played as a scenario' },
  { keys: ['P'], does: 'presenter mode, and back' },
  { keys: ['D'], does: 'dark or light' },
  { keys: ['?'], does: 'these keys' },
];
