// Compiles the addon with the benches' yardsticks, where it is missing or older than its sources. Only `npm run bench`
// needs it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../native/bench/', import.meta.url));
if (process.platform !== 'linux') {
  console.log(`creditlab: no yardsticks on ${process.platform}: they need Linux`);
  process.exit(0);
}
// make knows what is older than its sources.
const args = [
  '--silent',
  existsSync(join(folder, 'build', 'config.gypi')) ? 'build' : 'rebuild',
  '-C',
  folder,
];
// The headers that came with this Node, where they did, spare a download and are sure to fit.
const prefix = dirname(dirname(process.execPath));
if (!process.env.npm_config_nodedir && existsSync(join(prefix, 'include', 'node', 'node_api.h')))
  args.push(`--nodedir=${prefix}`);
const nodeGyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
const { status } = spawnSync(process.execPath, [nodeGyp, ...args], { stdio: 'inherit' });
process.exit(status ?? 1);
