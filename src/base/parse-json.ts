import { LabError } from './errors.ts';

/**
 * Parse JSON, and say where it is malformed: the engine's message names the place only sometimes.
 * @throws LabError BAD_FILE with `file:line:col`
 */
export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const offset = errorOffset(text);
    const before = text.slice(0, offset).split('\n');
    const column = before[before.length - 1].length + 1;
    const got = text.slice(offset, offset + 20).split('\n')[0];
    throw new LabError('BAD_FILE', 'this is not well-formed JSON', {
      where: `${path}:${String(before.length)}:${String(column)}`,
      got: got === '' ? 'the end of the file' : `'${got}'`,
      cause,
    });
  }
}

const SPACE = /[ \t\n\r]*/y;
const SCALAR =
  /"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy;

/** Where a text stops being JSON: the longest beginning that could go on to be well-formed, up to a whole token. */
function errorOffset(text: string): number {
  let at = 0;
  /** open brackets, outermost first */
  const open: string[] = [];
  let wants: 'value' | 'value or ]' | 'key' | 'key or }' | 'separator' = 'value';
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const token = pattern.exec(text)?.[0] ?? null;
    if (token !== null) at += token.length;
    return token;
  };
  for (;;) {
    take(SPACE);
    const char = text.charAt(at);
    const inside = open.at(-1);
    if (wants === 'separator') {
      if (inside === undefined) return at;
      if (char === ',') wants = inside === '{' ? 'key' : 'value';
      else if (char === (inside === '{' ? '}' : ']')) open.pop();
      else return at;
      at++;
    } else if (wants === 'key' || wants === 'key or }') {
      if (char === '}' && wants === 'key or }') {
        at++;
        open.pop();
        wants = 'separator';
        continue;
      }
      if (char !== '"' || take(SCALAR) === null) return at;
      take(SPACE);
      if (text.charAt(at) !== ':') return at;
      at++;
      wants = 'value';
    } else if (char === ']' && wants === 'value or ]') {
      at++;
      open.pop();
      wants = 'separator';
    } else if (char === '{' || char === '[') {
      at++;
      open.push(char);
      wants = char === '{' ? 'key or }' : 'value or ]';
    } else {
      if (take(SCALAR) === null) return at;
      wants = 'separator';
    }
  }
}
