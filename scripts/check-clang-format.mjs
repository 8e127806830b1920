// The C++ sources are laid out as .clang-format says.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const clangFormat = createRequire(import.meta.url).resolve('clang-format/index.js');
const files = ['native', 'native/bench', 'native/test'].flatMap((dir) =>
  readdirSync(dir)
    .filter((name) => /\.(cc|h)$/.test(name))
    .map((name) => join(dir, name)),
);
const args = process.argv.includes('--write') ? ['-i'] : ['--dry-run', '-Werror'];
const { status } = spawnSync(process.execPath, [clangFormat, ...args, ...files], { stdio: 'inherit' });
process.exit(status ?? 1);
