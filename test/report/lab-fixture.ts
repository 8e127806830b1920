import { fluid } from '../../src/ideal/fluid.ts';
import type { MeasuredRow } from '../../src/report/lab-row.ts';
import { resolveLab } from '../../src/scenario/lab.ts';
import { parseYaml } from '../../src/scenario/yaml-source.ts';
import { HOST } from '../scenario/attempt.ts';
import { sampleRun } from './sample.ts';

const LAB = `
title: t
scenario:
  pcpus: 1
  vms: [{ name: A, work: 1s }, { name: B, work: 1s }]
rows:
  - { label: alone, vms: [{ name: A }] }
  - { label: 'alone, cap 25', vms: [{ name: A, cap: 25 }] }
  - { label: 'alone, cap 50', vms: [{ name: A, cap: 50 }] }
  - { label: '1:2', vms: [{ name: A }, { name: B, weight: 512 }] }
  - { label: '1:4', vms: [{ name: A }, { name: B, weight: 1024 }] }
`;

/**
 * A small lab with measurements: the ideal times, each multiplied by a factor.
 * @param factors by row and VM, as in `{ '1:4': [1, 1.1] }`. Default 1; null: the row did not run
 */
export function measuredLab(factors: Readonly<Record<string, readonly number[] | null>> = {}): MeasuredRow[] {
  return resolveLab(parseYaml(LAB, 'lab.yaml'), HOST).rows.map(({ label, scenario }) => {
    const row = factors[label];
    if (row === null) return { label, scenario, run: null };
    const vms = fluid(scenario).vms.map(({ wallNs }, index) => ({
      idealWallNs: wallNs,
      wallNs: wallNs === null ? null : wallNs * (row?.[index] ?? 1),
    }));
    return { label, scenario, run: sampleRun(scenario, vms) };
  });
}
