// Compiles the addon for the packed package: prebuilds/linux-x64 and prebuilds/linux-arm64, for glibc. Node-API is the
// same in all versions of Node, so one file per processor will do.
//
//   node scripts/prebuild-addons.mjs [--all] [--out DIR] [ARCH…]      default: both processors, into this directory
//
// A processor without its compiler is left out, with a warning, so that the package can be packed (or installed from
// git) anywhere. With --all, and when npm publishes, it is an error.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import prebuildify from 'prebuildify';

const TRIPLES = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };
const PACKAGES = { x64: 'g++-x86-64-linux-gnu', arm64: 'g++-aarch64-linux-gnu' };

const { values, positionals } = parseArgs({
  options: { all: { type: 'boolean', default: false }, out: { type: 'string', default: '.' } },
  allowPositionals: true,
});
const root = fileURLToPath(new URL('..', import.meta.url));
const out = resolve(values.out);
const needsAll = values.all || process.env.npm_command === 'publish';

if (process.platform !== 'linux') {
  console.error(`creditlab: addons are prebuilt on Linux only, this is ${process.platform}`);
  process.exit(needsAll ? 1 : 0);
}
const wanted = positionals.length > 0 ? positionals : Object.keys(TRIPLES);
for (const arch of wanted) {
  if (!(arch in TRIPLES)) {
    console.error(
      `creditlab: no processor named ${arch}; ${Object.keys(TRIPLES).join(', ')} can be prebuilt`,
    );
    process.exit(2);
  }
}
rmSync(join(out, 'prebuilds'), { recursive: true, force: true });
let leftOut = 0;
for (const arch of wanted) {
  const prefix = arch === process.arch ? '' : `${TRIPLES[arch]}-`;
  if (spawnSync(`${prefix}g++`, ['--version'], { stdio: 'ignore' }).status === 0) await build(arch, prefix);
  else {
    const packages = prefix === '' ? 'g++' : PACKAGES[arch];
    const remedy = `there is no ${prefix}g++: \`sudo apt-get install -y ${packages}\``;
    console.error(`creditlab: no prebuilt addon for linux-${arch}, because ${remedy}`);
    leftOut++;
  }
}
if (needsAll && leftOut > 0) process.exit(1);

/** Prebuildify moves the addon away that node-gyp has built, so it works on a copy, and the checkout keeps its own. */
async function build(arch, prefix) {
  const copy = join(root, 'build', 'prebuild', arch);
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const name of ['binding.gyp', 'native', 'package.json'])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  Object.assign(process.env, { CC: `${prefix}gcc`, CXX: `${prefix}g++`, AR: `${prefix}ar` });
  // The headers that came with this Node spare a download. They are the same for all processors.
  const node = dirname(dirname(process.execPath));
  if (existsSync(join(node, 'include', 'node', 'node_api.h'))) process.env.npm_config_nodedir ??= node;
  await promisify(prebuildify)({
    cwd: copy,
    out,
    arch,
    platform: 'linux',
    targets: [process.versions.node],
    napi: true,
    tagLibc: 'glibc',
    strip: true,
    stripBin: `${prefix}strip`,
    quiet: process.env.CREDITLAB_VERBOSE !== '1',
  });
  rmSync(copy, { recursive: true, force: true });
  console.log(`creditlab: prebuilds/linux-${arch}/creditlab.glibc.node`);
}
