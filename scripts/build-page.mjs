// Bundles the live page, src/page, to dist/src/page: one script and one style sheet beside its HTML.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build } from 'esbuild';

/** What is bundled with it; their licence asks that it goes along. */
const BUNDLED = ['preact', '@preact/signals', '@preact/signals-core'];

const licences = BUNDLED.map((name) => `${name}\n\n${readFileSync(`node_modules/${name}/LICENSE`, 'utf8')}`);

/** @returns the exit code */
export async function buildPage() {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'src/page'], { stdio: 'inherit' });
  if (status !== 0) return status ?? 1;
  await build({
    entryPoints: { page: 'src/page/main.tsx' },
    outdir: 'dist/src/page',
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome120', 'firefox121', 'safari17'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    banner: { js: `/*\n${licences.join('\n').replaceAll('*/', '* /')}*/` },
    logLevel: 'warning',
  });
  await build({
    entryPoints: ['src/page/page.css'],
    outdir: 'dist/src/page',
    minify: true,
    logLevel: 'warning',
  });
  copyFileSync('src/page/index.html', 'dist/src/page/index.html');
  return 0;
}
