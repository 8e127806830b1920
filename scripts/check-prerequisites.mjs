// Runs before anything is built: what is missing, and the command that installs it. No dependencies, and syntax that an old Node reads.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const WANTED_NODE = [20, 19];

const INSTALL = {
  debian: 'sudo apt-get install -y g++ make python3',
  fedora: 'sudo dnf install -y gcc-c++ make python3',
  arch: 'sudo pacman -S --needed gcc make python',
  alpine: 'apk add g++ make python3 linux-headers',
  suse: 'sudo zypper install -y gcc-c++ make python3',
};

const problems = [];
checkNode();
// Elsewhere there is nothing to compile: the hardware lab needs Linux, the rest is JavaScript.
if (process.platform === 'linux') checkToolchain();
if (problems.length > 0) {
  console.error(
    `creditlab can't be built here yet:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
  );
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > WANTED_NODE[0] || (major === WANTED_NODE[0] && minor >= WANTED_NODE[1])) return;
  problems.push(
    `Node.js ${WANTED_NODE.join('.')} or newer is needed, this is ${process.versions.node}: see https://nodejs.org, or \`nvm install 20\``,
  );
}

function checkToolchain() {
  const missing = [];
  if (!runs('make', ['--version'])) missing.push('make');
  if (!runs('python3', ['--version'])) missing.push('python3');
  const compiler = compilerProblem();
  if (compiler !== null) missing.push(compiler);
  if (missing.length > 0)
    problems.push(`missing: ${missing.join(', ')}; install with \`${installCommand()}\``);
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

function installCommand() {
  let release = '';
  try {
    release = readFileSync('/etc/os-release', 'utf8');
  } catch {
    // No such file: the most common family will have to do.
  }
  const ids = /^ID=(.*)$/m.exec(release)?.[1] + ' ' + /^ID_LIKE=(.*)$/m.exec(release)?.[1];
  const family = Object.keys(INSTALL).find((name) => ids.includes(name)) ?? 'debian';
  return INSTALL[family];
}
