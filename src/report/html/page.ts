import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../base/package-root.ts';
import { html, Html, scriptJson } from './html.ts';
import { inlineModules } from './inline-modules.ts';
import type { ViewData } from './view-data.ts';

/**
 * The whole file. It may run its own script and style and nothing else, and load nothing, from the network or from
 * disk: a name that somebody gave to a VM can't become code.
 */
export function page(title: string, body: Html, data: ViewData): string {
  const { style, script } = readAssets();
  const policy =
    `default-src 'none'; style-src ${hashSource(style)}; script-src ${hashSource(script)}; base-uri 'none'; ` +
    "form-action 'none'";
  // Hashes are of what stands between the tags, to the letter, so layout must not touch it.
  const inline = {
    style: new Html(`<style>${style}</style>`),
    script: new Html(`<script type="module">${script}</script>`),
    data: new Html(`<script type="application/json" id="view-data">${scriptJson(data)}</script>`),
  };
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Html(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${inline.style}
      </head>
      <body>
        ${body} ${inline.data} ${inline.script}
      </body>
    </html> `.text;
}

/** What a page carries with it. */
interface Assets {
  readonly style: string;
  readonly script: string;
}

let assets: Assets | undefined;

/** The style sheet and the viewer, which are plain files beside this one's source and aren't compiled. */
function readAssets(): Assets {
  const dir = join(packageRoot(), 'src', 'report', 'html');
  assets ??= {
    style: readFileSync(join(dir, 'style.css'), 'utf8'),
    script: inlineModules('main.js', (file) => readFileSync(join(dir, 'viewer', file), 'utf8')),
  };
  return assets;
}

/** As a source in a Content-Security-Policy. */
function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
