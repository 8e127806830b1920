/**
 * Several ES modules as one script, since a page that is opened from disk can't import. Each module becomes a function
 * of its own, so that its private names stay private, and its exports an object:
 *
 *     import { nearest } from './search.js';      const { nearest } = search_js;
 *     export function draw() {}                   const draw_js = (() => { function draw() {} return { draw }; })();
 *
 * It takes these two forms and no other; anything else is an error. Comments that begin a line stay behind: they are
 * half of the text, and nobody reads them in a page.
 */

/** @param read gives the source of a module by its file name */
export function inlineModules(entry: string, read: (file: string) => string): string {
  const done: string[] = [];
  const underWay = new Set<string>();
  const parts: string[] = [];
  const visit = (file: string): void => {
    if (done.includes(file)) return;
    if (underWay.has(file)) throw new Error(`${file} imports itself`);
    underWay.add(file);
    const source = read(file);
    for (const [, , imported] of source.matchAll(IMPORT)) visit(imported);
    parts.push(asFunction(file, source));
    done.push(file);
  };
  visit(entry);
  return parts.join('\n');
}

const IMPORT = /^import \{([^}]*)\} from '\.\/([a-z-]+\.js)';$/gm;
const COMMENT = /^[ \t]*\/\*[^]*?\*\/\n/gm;
const EXPORT = /^export (?=(?:async )?(?:function|const|class) (\w+))/gm;

function asFunction(file: string, source: string): string {
  const names = [...source.matchAll(EXPORT)].map(([, name]) => name);
  const body = source
    .replace(COMMENT, '')
    .replace(IMPORT, (_, imported: string, from: string) => `const {${imported}} = ${objectOf(from)};`)
    .replace(EXPORT, '');
  const odd = /^(import|export)\b.*$/m.exec(body);
  if (odd !== null) throw new Error(`${file}: can't inline '${odd[0]}'`);
  return `const ${objectOf(file)} = (() => {\n${body}\nreturn { ${names.join(', ')} };\n})();`;
}

function objectOf(file: string): string {
  return file.replace(/[-.]/g, '_');
}
