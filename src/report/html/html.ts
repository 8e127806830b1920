/** HTML that is safe to put into a page: text is escaped unless it is Html itself. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

type Value = Html | string | number | null | readonly Html[];

/** Tag of templates: html`<p>${name}</p>`. Null is nothing; a list is joined. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(strings.reduce((text, string, i) => text + textOf(values[i - 1]) + string));
}

export const NOTHING = new Html('');

/** Part of a page that only some pages have. */
export function when(isShown: boolean, make: () => Html): Html {
  return isShown ? make() : NOTHING;
}

/** Part of a page about something that may be missing. */
export function given<T>(value: T | null | undefined, make: (value: T) => Html): Html {
  return value === null || value === undefined ? NOTHING : make(value);
}

/** JSON for a <script> element: no `</script>` or `<!--` can stand in it. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function textOf(value: Value): string {
  if (value === null) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return escaped(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char]);
}
