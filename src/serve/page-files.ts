/** The page's files, read once: a path of a request is a key here, and never one of the file system. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { packageRoot } from '../base/package-root.ts';
import type { Reply } from './reply.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** By path: `/`, `/page.js`. */
export type PageFiles = ReadonlyMap<string, Reply>;

/** @param dir holds index.html and what it asks for; files of other types than a page needs are left out */
export function readPage(dir: string): PageFiles {
  const files = new Map<string, Reply>();
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const reply: Reply = {
      status: 200,
      headers: { 'content-type': type },
      body: readFileSync(join(dir, name)),
    };
    files.set(`/${name}`, reply);
    if (name === 'index.html') files.set('/', reply);
  }
  return files;
}

/** Where the built page is; its scripts are bundled there. */
export function pageDirectory(): string {
  return join(packageRoot(), 'dist/src/page');
}

export function hasPage(dir = pageDirectory()): boolean {
  return existsSync(join(dir, 'index.html'));
}
