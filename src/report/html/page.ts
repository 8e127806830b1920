import { hashSource, readAssets } from './assets.ts';
import { html, Html, scriptJson } from './html.ts';
import type { ViewData } from './view-data.ts';

/**
 * The whole file. It may run its own script and style and nothing else, and load nothing, from the network or from disk:
 * a name that somebody gave to a VM can't become code.
 */
export function page(title: string, body: Html, data: ViewData): string {
  const { style, script } = readAssets();
  const policy = `default-src 'none'; style-src ${hashSource(style)}; script-src ${hashSource(script)}; base-uri 'none'; form-action 'none'`;
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
