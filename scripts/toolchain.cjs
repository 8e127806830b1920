// What compiles the addon: what of it is missing here, and the command that installs it. Installation and `creditlab
// run` both ask. No dependencies, and syntax that an old Node reads.
'use strict';
const { spawnSync } = require('node:child_process');
const { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const process = require('node:process');

const INSTALL = {
  debian: 'sudo apt-get install -y g++ make python3',
  fedora: 'sudo dnf install -y gcc-c++ make python3',
  arch: 'sudo pacman -S --needed gcc make python',
  alpine: 'apk add g++ make python3 linux-headers',
  suse: 'sudo zypper install -y gcc-c++ make python3',
};

module.exports = { buildCommand, installCommand, isCheckout, isSupported, missingTools };

/**
 * Pausing a thread at any instruction needs code for each processor, and Linux. Elsewhere there is nothing to compile.
 */
function isSupported() {
  return process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
}

/** A checkout compiles what it holds; the packed package has no TypeScript project, but may have prebuilt addons. */
function isCheckout(root) {
  return existsSync(join(root, 'tsconfig.json'));
}

/** @returns {string} the command that compiles the addon of the package in this directory */
function buildCommand(root) {
  return isCheckout(root) ? 'npm run build:addon' : 'npm rebuild creditlab';
}

/** @returns {string[]} names of what the addon's compilation lacks */
function missingTools() {
  const missing = [];
  if (!runs('make', ['--version'])) missing.push('make');
  if (!runs('python3', ['--version'])) missing.push('python3');
  const compiler = compilerProblem();
  if (compiler !== null) missing.push(compiler);
  return missing;
}

/** @returns {string} the command that installs all of it on the distribution that /etc/os-release tells of */
function installCommand(release = osRelease()) {
  const field = (name) => (new RegExp(`^${name}=(.*)$`, 'm').exec(release) || ['', ''])[1];
  const ids = `${field('ID')} ${field('ID_LIKE')}`;
  const family = Object.keys(INSTALL).find((name) => ids.includes(name));
  return INSTALL[family || 'debian'];
}

function osRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    // No such file: the most common family will have to do.
    return '';
  }
}

function compilerProblem() {
  const compiler = [process.env.CXX, 'c++', 'g++', 'clang++'].find(
    (name) => name && runs(name.split(' ')[0], ['--version']),
  );
  if (compiler === undefined) return 'a C++20 compiler';
  const dir = mkdtempSync(join(tmpdir(), 'creditlab-'));
  try {
    const source = join(dir, 'probe.cc');
    writeFileSync(source, '#include <atomic>\n#include <bit>\nint main() { return std::popcount(0u); }\n');
    const [command, ...flags] = compiler.split(' ');
    if (runs(command, [...flags, '-std=c++20', '-fsyntax-only', source])) return null;
    return `a C++ compiler that knows C++20 (${compiler} doesn't, or its library is missing)`;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function runs(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
