import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const main = join(fileURLToPath(import.meta.url), '..', '..', '..', 'scripts', 'bench', `main.${extension}`);

function bench(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [...process.execArgv, main, ...args], { encoding: 'utf8' });
}

describe('the bench command', function () {
  this.timeout(20_000);

  it('names the nearest bench for one that it does not know, and starts nothing', () => {
    const { status, stdout, stderr } = bench('switch-gab');
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.equal(stderr, "bench: there is no bench 'switch-gab'\n  hint: did you mean 'switch-gap'?\n");
  });

  it('refuses a length or a count that is none, and an output that cannot be written', () => {
    assert.match(bench('--seconds', '0').stderr, /--seconds: .*\n {2}expected more than 0.*got '0'/);
    assert.equal(bench('--seconds', '1e3').status, 2);
    assert.match(bench('--vcpus', '1025').stderr, /--vcpus: .*\n {2}expected 1 to 1024, got '1025'/);
    assert.equal(bench('--json', '/nowhere/figures.json').status, 2);
  });

  it('lists its benches in --help', () => {
    const { status, stdout } = bench('--help');
    assert.equal(status, 0);
    assert.match(stdout, /^ {2}decisions +\S/m);
  });
});
