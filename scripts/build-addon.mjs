// Compiles the native addon. Where it can't work it says so, and leaves the rest usable.
//
//   node scripts/build-addon.mjs [OPTION OF NODE-GYP…]
//
// CREDITLAB_STRICT=1 takes a compiler's warning for an error. Only this project's own CI wants that: a newer compiler
// knows new warnings, and they must not keep a user from installing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const { isSupported } = require('./toolchain.cjs');
const args = ['rebuild', ...process.argv.slice(2)];
if (!isSupported()) {
  console.log(
    `creditlab: not supported on ${process.platform} ${process.arch}: the hardware lab (pausing threads, ` +
      'pinning them) needs Linux on x64 or arm64',
  );
  process.exit(0);
}
// The headers that came with this Node, where they did, spare a download and are sure to fit.
const prefix = dirname(dirname(process.execPath));
if (!process.env.npm_config_nodedir && existsSync(join(prefix, 'include', 'node', 'node_api.h')))
  args.push(`--nodedir=${prefix}`);
if (process.env.CREDITLAB_STRICT === '1')
  process.env.GYP_DEFINES = `${process.env.GYP_DEFINES ?? ''} werror=1`.trim();
const nodeGyp = require.resolve('node-gyp/bin/node-gyp.js');
const { status } = spawnSync(process.execPath, [nodeGyp, '--silent', ...args], { stdio: 'inherit' });
if (status !== 0) {
  console.error(
    'creditlab: the native addon did not compile; for the whole story run `npm run build:addon -- ' +
      '--verbose`, where it is installed as a package `npm rebuild creditlab --foreground-scripts`',
  );
}
process.exit(status ?? 1);
