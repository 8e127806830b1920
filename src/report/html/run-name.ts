/** What a run is called: its row's label, and which of the row's runs it is, from 0, where there are several. */
export function runName(label: string, index: number, count: number): string {
  return count > 1 ? `${label}, run ${index + 1}` : label;
}
