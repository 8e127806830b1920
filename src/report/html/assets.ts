import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../base/package-root.ts';
import { inlineModules } from './inline-modules.ts';

/** What a page carries with it. */
export interface Assets {
  readonly style: string;
  readonly script: string;
}

let assets: Assets | undefined;

/** The style sheet and the viewer, which are plain files beside this one's source and aren't compiled. */
export function readAssets(): Assets {
  const dir = join(packageRoot(), 'src', 'report', 'html');
  assets ??= {
    style: readFileSync(join(dir, 'style.css'), 'utf8'),
    script: inlineModules('main.js', (file) => readFileSync(join(dir, 'viewer', file), 'utf8')),
  };
  return assets;
}

/** As a source in a Content-Security-Policy. */
export function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
