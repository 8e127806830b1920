// The other versions of Node that the tests run on. Nobody who installs the project gets them: they come when this is
// called.
//
//   node scripts/other-nodes.mjs      fetches them with npm, some 700 MB; CREDITLAB_NODES names another folder
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The newest of each line that is in use, from the oldest that package.json allows. */
const VERSIONS = ['20.20.2', '22.23.3', '24.21.0', '26.12.1'];

const major = (version) => version.split('.')[0];
const wanted = VERSIONS.filter((version) => major(version) !== major(process.versions.node));
const folder = resolve(process.env.CREDITLAB_NODES ?? 'node_modules/.cache/nodes');

/**
 * @returns each version but this Node's own with its executable, and whether that is there and is the one that is meant
 */
export function otherNodes() {
  return wanted.map((version) => {
    const executable = join(folder, 'node_modules', nameOf(version), 'bin', 'node');
    return { version, executable, isHere: versionOf(executable) === `v${version}` };
  });
}

function versionOf(executable) {
  return spawnSync(executable, ['--version'], { encoding: 'utf8' }).stdout?.trim();
}

function nameOf(version) {
  return `node-${major(version)}`;
}

function fetchAll() {
  mkdirSync(folder, { recursive: true });
  // Each is a package with an executable and no scripts.
  const dependencies = Object.fromEntries(
    wanted.map((version) => [nameOf(version), `npm:node-${process.platform}-${process.arch}@${version}`]),
  );
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }, null, 2));
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock'];
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' });
  return status ?? 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(fetchAll());
