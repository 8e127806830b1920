// Runs on every installation: an addon that loads, or the reason why there is none. Simulations, reports and `creditlab
// conform` need none, so nothing here ends an installation, unless CREDITLAB_STRICT=1 says that it shall.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { buildCommand, installCommand, isCheckout, isSupported, missingTools } = require('./toolchain.cjs');
const root = fileURLToPath(new URL('..', import.meta.url));

if (isSupported() && !isCheckout(root) && prebuiltLoads()) process.exit(0);

const missing = isSupported() ? missingTools() : [];
if (missing.length > 0) {
  giveUp(
    `missing: ${missing.join(', ')}; install with \`${installCommand()}\`, then build it with ` +
      `\`${buildCommand(root)}\``,
  );
}
const script = fileURLToPath(new URL('build-addon.mjs', import.meta.url));
if (spawnSync(process.execPath, [script], { stdio: 'inherit' }).status !== 0)
  giveUp(`build it with \`${buildCommand(root)}\``);

/** In a process of its own: a library that was made for another C library may do worse than throw. */
function prebuiltLoads() {
  const load = `require(${JSON.stringify(require.resolve('node-gyp-build'))})(${JSON.stringify(root)})`;
  const env = { ...process.env, PREBUILDS_ONLY: '1' };
  return spawnSync(process.execPath, ['-e', load], { stdio: 'ignore', env }).status === 0;
}

function giveUp(remedy) {
  console.error(
    'creditlab: installed without the native addon: simulations, reports and `creditlab conform` work, runs ' +
      'on real cores do not\n' +
      `  ${remedy}`,
  );
  process.exit(process.env.CREDITLAB_STRICT === '1' ? 1 : 0);
}
