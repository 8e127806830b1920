// Compiles everything to dist/, from nothing: a file that is gone leaves no trace.
import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { buildPage } from './build-page.mjs';

rmSync('dist', { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', '.'], { stdio: 'inherit' });
if (status === 0) chmodSync('dist/src/cli/main.js', 0o755);
process.exit(status === 0 ? await buildPage() : (status ?? 1));
