/** A text as one word of a shell: single quotes keep everything but themselves, in all three shells. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** What asks the running hosts, as a command line of a shell. */
export interface Asking {
  /** of `creditlab completion --names`, each word of its own */
  readonly command: readonly string[];
}

export function askingText({ command }: Asking): string {
  return command.map(quoted).join(' ');
}
