/**
 * `creditlab/policy` in a policy module means the package that runs it, wherever the module lies: nothing need be
 * installed beside it, and there is one copy of everything.
 */
import * as module from 'node:module';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../base/package-root.ts';

const ENTRIES = {
  creditlab: 'index',
  'creditlab/policy': 'library/policy',
  'creditlab/trace': 'library/trace',
} as const;

type NextResolve = (specifier: string, context: unknown) => unknown;
type Resolve = (specifier: string, context: unknown, next: NextResolve) => unknown;

/** Since Node 22.15; older ones have hooks in a thread of their own. */
type RegisterHooks = ((hooks: { readonly resolve: Resolve }) => unknown) | undefined;

let isReady = false;

/** From now on, in this thread. */
export function resolveOwnPackage(): void {
  if (isReady) return;
  isReady = true;
  const urls: Readonly<Partial<Record<string, string>>> = entryUrls();
  const { registerHooks } = module as { readonly registerHooks?: RegisterHooks };
  if (registerHooks !== undefined) {
    registerHooks({
      resolve: (specifier, context, next) => next(urls[specifier] ?? specifier, context),
    });
    return;
  }
  module.register(`data:text/javascript,${encodeURIComponent(hooksText(urls))}`);
}

/** The same for Node 20, as the text of a module. */
function hooksText(urls: Readonly<Partial<Record<string, string>>>): string {
  return (
    `const urls = ${JSON.stringify(urls)};\n` +
    'export const resolve = (specifier, context, next) => next(urls[specifier] ?? specifier, context);\n'
  );
}

/** Compiled or not, as this module is. */
function entryUrls(): Record<string, string> {
  const extension = extname(import.meta.url);
  const directory = extension === '.ts' ? 'src' : 'dist/src';
  return Object.fromEntries(
    Object.entries(ENTRIES).map(([name, file]) => [
      name,
      pathToFileURL(join(packageRoot(), directory, file + extension)).href,
    ]),
  );
}
