/** Places in options of the command line, for carets, and the `key=value` lists that stand there. */
import { LabError } from '../base/errors.ts';
import { optionExcerpt } from './excerpt.ts';

/** The part of an option's text where a value stands. */
export interface Spot {
  readonly option: string;
  readonly text: string;
  readonly start: number;
  /** where its key stands in the text; absent: the option itself is the key */
  readonly keyStart?: number;
  readonly order: number;
}

export interface Pair {
  readonly key: string;
  readonly value: string;
  /** where the key begins in the option's text */
  readonly start: number;
  readonly valueStart: number;
}

/** What a list may say. */
export interface PairList {
  readonly keys: readonly string[];
  /** those that may stand alone, and mean `true` then */
  readonly flags: readonly string[];
  /** how the whole option is written, with an example */
  readonly form: string;
}

/**
 * The pairs of `key=value,key=value`, which begins at a spot. Whether a key is known is for the caller to say, before
 * it asks for the next one.
 * @throws LabError BAD_OPTION for what is no pair, and for a key that comes twice
 */
export function* pairsOf(spot: Spot, { keys, flags, form }: PairList): Generator<Pair> {
  const seen = new Set<string>();
  let { start } = spot;
  for (const part of spot.text.slice(start).split(',')) {
    const equals = part.indexOf('=');
    const key = equals < 0 ? part : part.slice(0, equals);
    const at = { ...spot, start };
    const isAlone = equals < 0 && flags.includes(key);
    if ((equals < 0 && !isAlone) || key === '') {
      const isBare = equals < 0 && keys.includes(key);
      throw complaint(at, isBare ? `'${key}' has no value` : 'not a key=value pair', {
        expected: form,
        got: part === '' ? 'nothing' : `'${part}'`,
      });
    }
    if (seen.has(key)) throw complaint(at, `'${key}' is given twice`, {});
    seen.add(key);
    if (isAlone) yield { key, value: 'true', start, valueStart: start };
    else yield { key, value: part.slice(equals + 1), start, valueStart: start + equals + 1 };
    start += part.length + 1;
  }
}

export function complaint(
  spot: Spot,
  message: string,
  details: { expected?: string; got?: string; hint?: string },
): LabError {
  return new LabError('BAD_OPTION', message, { where: spot.option, excerpt: excerptOf(spot), ...details });
}

export function excerptOf({ option, text, start, keyStart }: Spot, part: 'key' | 'value' = 'value'): string {
  const textStart = option.length + 1;
  const keyOffset = keyStart === undefined ? 0 : textStart + keyStart;
  return optionExcerpt(`${option} ${text}`, part === 'key' ? keyOffset : textStart + start);
}

/** A whole number if it is one; otherwise the text, for the schema to complain about. */
export function numberOrText(text: string): number | string {
  return /^[-+]?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
