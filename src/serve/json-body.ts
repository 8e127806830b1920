import { LabError } from '../base/errors.ts';
import { parseJson } from '../base/parse-json.ts';
import { MOST_JSON_DEPTH } from './limits.ts';
import { Refusal } from './reply.ts';

/**
 * The mapping that a request's body holds.
 * @throws Refusal MALFORMED with the place: not UTF-8, not JSON, no mapping, or nested too deeply for whoever reads it
 */
export function mappingIn(body: Uint8Array): Record<string, unknown> {
  const value = valueIn(textIn(body));
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new Refusal('MALFORMED', 'this is no command', {
    where: 'body',
    expected: `a mapping, as in {"command": "set", "vm": "A", "weight": 512}`,
    got: Array.isArray(value) ? 'a list' : JSON.stringify(value).slice(0, 40),
  });
}

function textIn(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new Refusal('MALFORMED', 'this is not UTF-8', { where: 'body', expected: 'JSON in UTF-8' });
  }
}

function valueIn(text: string): unknown {
  // Before it is parsed: what reads the value afterwards may go down by calling itself.
  if (depthOf(text) > MOST_JSON_DEPTH) {
    throw new Refusal('MALFORMED', 'this is nested too deeply', {
      where: 'body',
      expected: `at most ${String(MOST_JSON_DEPTH)} levels`,
    });
  }
  try {
    return parseJson(text, 'body');
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const { where, got } = error.details;
    throw new Refusal('MALFORMED', error.message, {
      ...(where !== undefined && { where }),
      ...(got !== undefined && { got }),
    });
  }
}

/** How deep brackets are nested, those in strings left out. Of what isn't JSON it may be anything. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (isInString) {
      if (char === '\\') at++;
      else if (char === '"') isInString = false;
    } else if (char === '"') isInString = true;
    else if (char === '{' || char === '[') deepest = Math.max(deepest, ++depth);
    else if (char === '}' || char === ']') depth--;
  }
  return deepest;
}
