import assert from 'node:assert/strict';
import { LabError } from '../../src/base/errors.ts';
import { xenCpuList } from '../../src/xl/cpu-list.ts';

const CPUS = Array.from({ length: 17 }, (_, i) => i);

describe("a list of CPUs is read as Xen's tool reads it", () => {
  for (const [text, cpus] of [
    ['1', [1]],
    ['5,1', [1, 5]],
    ['1,5,10-16,^13', [1, 5, 10, 11, 12, 14, 15, 16]],
    ['0-3,^1-2', [0, 3]],
    ['all,^0', CPUS.slice(1)],
    ['1,^1,1,2', [1, 2]],
    ['all,^all,4', [4]],
  ] as const)
    it(text, () => {
      assert.deepEqual(xenCpuList(text, CPUS), cpus);
    });
});

describe('a list of CPUs is refused', () => {
  for (const [text, known, says] of [
    ['1,1', CPUS, "CPU list '1,1': CPU 1 is named twice"],
    ['0-3,2', CPUS, "CPU list '0-3,2': CPU 2 is named twice"],
    ['all,2', CPUS, "CPU list 'all,2': CPU 2 is named twice"],
    ['^1', CPUS, "CPU list '^1': ^1 takes away what isn't there before it"],
    ['^1,0-3', CPUS, "CPU list '^1,0-3': ^1 takes away what isn't there before it"],
    ['1,^1', CPUS, "CPU list '1,^1': the list leaves no CPU"],
    ['3-1', CPUS, "CPU list '3-1': the range 3-1 runs backwards"],
    ['17', CPUS, "CPU list '17': CPU 17 is none of this host's\n  expected 0-16"],
    ['2-4', [2, 4], "CPU list '2-4': CPU 3 is none of this host's\n  expected 2,4"],
    ['0-4000000000', CPUS, "CPU list '0-4000000000': CPU 4000000000 is none of this host's"],
    ['nodes:0', CPUS, "CPU list 'nodes:0': 'nodes:0': nodes are Xen's, and not here"],
    ['1,^node:1', CPUS, "CPU list '1,^node:1': '^node:1': nodes are Xen's, and not here"],
    ['1,,2', CPUS, "CPU list '1,,2': not a list of CPUs"],
    ['1, 2', CPUS, "CPU list '1, 2': not a list of CPUs"],
    ['', CPUS, "CPU list '': not a list of CPUs"],
    ['two', CPUS, "CPU list 'two': not a list of CPUs"],
    ['1-', CPUS, "CPU list '1-': not a list of CPUs"],
    ['-1', CPUS, "CPU list '-1': not a list of CPUs"],
  ] as const)
    it(text === '' ? '(nothing)' : text, () => {
      assert.throws(
        () => xenCpuList(text, known),
        (error) => error instanceof LabError && error.describe().startsWith(says),
      );
    });
});
