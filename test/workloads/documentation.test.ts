import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { builtinNames, builtinUrl, kindOf, sizesOf } from '../../src/workload/catalogue.ts';
import { checkContract } from '../../src/workload/contract-check.ts';
import { importWorkload, loadWorkload } from '../../src/workload/load.ts';
import { inProcess } from '../cli/in-process.ts';
import { resolveSize } from '../../src/workload/size.ts';

const page = readFileSync(join(packageRoot(), 'docs/workloads.md'), 'utf8');
const exampleFile = join(packageRoot(), 'workloads/examples/collatz.mjs');
const npmExampleFile = join(packageRoot(), 'workloads/examples/markdown.mjs');

/** Of the table of built-ins; a line splits into two more, before its first and after its last bar. */
const COLUMNS = 6;

describe('docs/workloads.md', () => {
  /** name → the other cells of its row */
  const rows = new Map(
    page
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .filter((cells) => cells.length === COLUMNS + 2)
      .map(([, name, ...cells]) => [name.replaceAll('`', ''), cells]),
  );

  it('lists exactly the built-ins, in the order of the catalogue', () => {
    assert.deepEqual([...rows.keys()], builtinNames);
  });

  for (const name of builtinNames) {
    it(`gives the class, default size and limits of ${name}`, async () => {
      const { defaultSize, sizes } = await importWorkload(builtinUrl(name));
      const [kind, , , size, limits] = rows.get(name) ?? [];
      const number = (text: string): number => Number(text.replaceAll(' ', ''));
      assert.equal(kind, kindOf(name));
      assert.deepEqual(sizesOf(name), sizes);
      assert.equal(number(size), defaultSize);
      assert.deepEqual(limits.split('–').map(number), [sizes?.min, sizes?.max]);
    });
  }

  it(
    'shows what the simulator prints about a polite VM, and says what other slices and ' +
      'neighbours make of it',
    async () => {
      const [, command, output] = /^\$ creditlab (sim .*polite.*)\n([^]*?)^```/m.exec(page) ?? [];
      const args = command.split(' ');
      const [shown, short] = [
        await inProcess(args, '.'),
        await inProcess([...args, '--scheduler', 'credit:tslice=1ms'], '.'),
      ];
      assert.equal(shown.stdout.trimEnd(), output.trimEnd());
      assert.match(short.stdout, /^polite +50\.\d %/m);
      const two = args.with(-1, 'hog:workload=polite');
      assert.match((await inProcess(two, '.')).stdout, /^hog +50\.\d %/m);
      assert.match((await inProcess(args.slice(0, -2), '.')).stdout, /^polite +100\.0 %/m);
    },
  );

  for (const file of [exampleFile, npmExampleFile]) {
    it(`shows ${basename(file)} as it is checked in`, () => {
      assert.ok(page.includes('```js\n' + readFileSync(file, 'utf8') + '```'));
    });
  }
});

describe('the example of a workload of one’s own', () => {
  it(
    'keeps the contract and finds the longest sequence below 1000, which starts from 871 and ' +
      'has 179 numbers',
    async () => {
      const workload = await loadWorkload(exampleFile, '/');
      checkContract(workload, 1, resolveSize(workload, null));
      const state = workload.prepare(0, 1000);
      workload.step(state, { cpuNs: () => 0, nowNs: () => 0 });
      assert.equal(workload.checksum(state), '2:179');
    },
  );

  it('has 20 lines at most', () => {
    assert.ok(readFileSync(exampleFile, 'utf8').trimEnd().split('\n').length <= 20);
  });
});

describe('the example of a program of npm', () => {
  it('keeps the contract, and renders its four documents in turn', async () => {
    const workload = await loadWorkload(npmExampleFile, '/');
    checkContract(workload, 1, resolveSize(workload, null));
    const { texts } = workload.prepare(1, 3) as { texts: string[] };
    assert.equal(new Set(texts).size, 4);
  });
});
