import { ARRAYS } from '../../../src/report/html/pack.ts';
import type { Packed, PackedArray, ViewData } from '../../../src/report/html/view-data.ts';

/** The parts of a page. */
export function embeddedData(text: string): {
  data: ViewData;
  body: string;
  style: string;
  script: string;
} {
  const script = /<script type="application\/json" id="view-data">(.*?)<\/script>/s;
  return {
    data: JSON.parse(script.exec(text)?.[1] ?? '') as ViewData,
    body: /<body>(.*?)<script/s.exec(text)?.[1] ?? '',
    style: /<style>(.*?)<\/style>/s.exec(text)?.[1] ?? '',
    script: /<script type="module">(.*?)<\/script>/s.exec(text)?.[1] ?? '',
  };
}

/** The text of the body, without tags. */
export function textOf(text: string): string {
  return embeddedData(text)
    .body.replace(/<[^>]*>/g, ' ')
    .replace(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => CHARACTERS[name])
    .replace(/\s+/g, ' ');
}

const CHARACTERS: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };

export function numbersOf({ type, base64 }: PackedArray): ArrayLike<number> {
  const bytes = Buffer.from(base64, 'base64');
  return new ARRAYS[type](new Uint8Array(bytes).buffer);
}

export function columnsOf<Column extends string>(packed: Packed<Column>): Record<Column, ArrayLike<number>> {
  const entries = Object.entries(packed) as [Column, PackedArray][];
  return Object.fromEntries(entries.map(([name, array]) => [name, numbersOf(array)])) as Record<
    Column,
    ArrayLike<number>
  >;
}
