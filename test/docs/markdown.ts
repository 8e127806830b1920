import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';

/** The project's own Markdown files, from the package root. */
export const markdownFiles: readonly string[] = ['.', 'docs'].flatMap((dir) =>
  readdirSync(join(packageRoot(), dir))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(dir, name)),
);

export function readMarkdown(file: string): string {
  return readFileSync(join(packageRoot(), file), 'utf8');
}

/** Code blocks of one language, without their fences. */
export function codeBlocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(/^```(\S*)[^\n]*\n(.*?)^```$/gms)]
    .filter(([, written]) => written === language)
    .map(([, , code]) => code);
}

/** What is between backticks, in prose and in tables. */
export function inlineCode(text: string): readonly string[] {
  return [...prose(text).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code);
}

/** Targets of links outside code. */
export function linkTargets(text: string): readonly string[] {
  return [
    ...prose(text)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, target]) => target);
}

/** Null, or why a relative link leads nowhere. @param file where it stands */
export function brokenLink(file: string, target: string): string | null {
  const [path, anchor] = target.split('#', 2);
  const to = path === '' ? file : join(dirname(file), decodeURI(path));
  if (!existsSync(resolve(packageRoot(), to))) return `${to} does not exist`;
  if (anchor === undefined) return null;
  return anchorsOf(readMarkdown(to)).has(anchor) ? null : `${to} has no heading for #${anchor}`;
}

/** Anchors as GitHub makes them from headings; a repeated one gets a number. */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading] of prose(text).matchAll(/^#+ +(.+)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number} _-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

function prose(text: string): string {
  return text.replace(/^```.*?^```$/gms, '');
}
