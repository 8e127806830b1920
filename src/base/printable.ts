// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** Tabs and control characters become one column each, so that a caret stands right and no terminal is upset. */
export function printable(text: string): string {
  return text.replace(CONTROL, ' ');
}

export function hasControlCharacters(text: string): boolean {
  return text !== printable(text);
}
