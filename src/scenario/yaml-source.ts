import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from 'yaml';
import { LabError } from '../base/errors.ts';
import { unreadable } from '../base/files.ts';
import { excerpt } from './excerpt.ts';
import type { Location, Path, Source } from './source.ts';
import { mistake } from './validate.ts';

/**
 * A scenario is a page of text, but that of a session that a program controlled has a line for each change. Anything
 * larger is another kind of file.
 */
const MAX_BYTES = 64_000_000;

/** Read and parse a YAML file, remembering where everything stands. */
export function readYaml(file: string): Source {
  return parseYaml(readText(file), file);
}

/**
 * Parse YAML text.
 * @param file its name in error messages
 * @throws LabError BAD_SCENARIO for a syntax error, a duplicate key, or no content
 */
export function parseYaml(text: string, file: string): Source {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const at = (offset: number): Location => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    const where = `${file}:${String(line)}:${String(Math.max(1, col))}`;
    return { offset, where, excerpt: excerpt(text, line, Math.max(1, col)) };
  };
  const problem = doc.errors[0] ?? doc.warnings[0];
  if (problem !== undefined) {
    const { where, excerpt: lineWithCaret } = at(problem.pos[0]);
    throw new LabError('BAD_SCENARIO', syntaxMessage(problem.code, problem.message), {
      where,
      ...(lineWithCaret === undefined ? {} : { excerpt: lineWithCaret }),
    });
  }
  if (doc.contents === null || (isScalar(doc.contents) && doc.contents.value === null)) {
    throw new LabError('BAD_SCENARIO', 'the file is empty', {
      where: `${file}:1:1`,
      expected: 'a scenario with at least `vms`',
      got: 'no content',
    });
  }
  return {
    value: toPlain(doc, at),
    defaultName: basename(file, extname(file)),
    baseDir: dirname(resolve(file)),
    locate: (path, part = 'value') => at(offsetOf(doc, path, part)),
  };
}

function readText(file: string): string {
  try {
    const stat = statSync(file);
    if (stat.isCharacterDevice() || (stat.isFile() && stat.size > MAX_BYTES)) {
      throw new LabError('BAD_FILE', 'this is not a scenario file', {
        where: file,
        expected: `a text file of at most ${String(MAX_BYTES / 1e6)} MB`,
      });
    }
    return decodeText(readFileSync(file), file);
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw unreadable(file, error, 'a scenario file');
  }
}

function syntaxMessage(code: string, message: string): string {
  if (code === 'NON_STRING_KEY') return 'a key must be a plain word';
  if (code === 'DUPLICATE_KEY') return 'this key is given twice';
  if (code === 'MULTIPLE_DOCS') return 'the file holds more than one YAML document';
  if (code === 'TAB_AS_INDENT') return 'YAML does not allow tabs as indentation';
  return `not valid YAML: ${message}`;
}

/** Only aliases can still be wrong: to an anchor that isn't there, or so many that they would fill the memory. */
function toPlain(doc: Document.Parsed, at: (offset: number) => Location): unknown {
  try {
    return doc.toJS();
  } catch (error) {
    throw mistake(at(badAlias(doc)), `not valid YAML: ${(error as Error).message}`, { cause: error });
  }
}

/** @returns offset of the first alias without an anchor, else of the last alias */
function badAlias(doc: Document.Parsed): number {
  let offset = 0;
  visit(doc, {
    Alias(_, alias) {
      offset = startOf(alias, offset);
      return alias.resolve(doc) === undefined ? visit.BREAK : undefined;
    },
  });
  return offset;
}

function offsetOf(doc: Document.Parsed, path: Path, part: 'key' | 'value'): number {
  let node: Node | null = doc.contents;
  let offset = startOf(node, 0);
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1;
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(
        ({ key }) => isScalar(key) && String(key.value) === String(step),
      );
      if (pair === undefined) return offset;
      const keyOffset = startOf(pair.key, offset);
      node = isNode(pair.value) ? pair.value : null;
      offset = (last && part === 'key') || isEmpty(node) ? keyOffset : startOf(node, keyOffset);
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(step)];
      node = isNode(item) ? item : null;
      offset = startOf(node, offset);
    } else {
      return offset;
    }
  }
  return offset;
}

/** A key without a value: its key is the better place to point at. */
function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null && node.source === '');
}

function startOf(node: unknown, otherwise: number): number {
  return isNode(node) && node.range ? node.range[0] : otherwise;
}

/** Text out of a file's bytes. @throws LabError BAD_FILE when they are no UTF-8 */
function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new LabError('BAD_FILE', 'the file is not UTF-8 text', {
      where: file,
      expected: 'a text file in UTF-8',
      cause,
    });
  }
}
