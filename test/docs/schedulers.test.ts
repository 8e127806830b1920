import assert from 'node:assert/strict';
import type { Reading } from '../../src/core/policy-terms.ts';
import type { Parameter } from '../../src/core/policy-type.ts';
import { POLICY_TYPES } from '../../src/policies.ts';
import { describeParameter, valueText } from '../../src/scenario/parameters.ts';
import { inProcess } from '../cli/in-process.ts';
import { inTemporaryDirectory } from '../cli/spawn.ts';
import { codeBlocks, readMarkdown } from './markdown.ts';
import { stepsOf } from './transcript.ts';

const page = readMarkdown('docs/schedulers.md');

describe('docs/schedulers.md', () => {
  for (const policy of POLICY_TYPES) {
    const { type, parameters, vmParameters, vcpuReadings, vmReadings } = policy;

    it(`has the parameters of ${type} as they are declared`, () => {
      const inFiles = parameters.filter(({ scope }) => scope === undefined || scope === 'scenario');
      const ofSim = parameters.filter(({ scope }) => scope === 'simulation');
      assert.deepEqual(itemsOf(`parameters of ${type}`), inFiles.map(parameterText));
      assert.deepEqual(itemsOf(`parameters of ${type} in sim`), ofSim.map(parameterText));
      assert.deepEqual(itemsOf(`VM parameters of ${type}`), vmParameters.map(parameterText));
    });

    it(`has the readings of ${type}`, () => {
      assert.deepEqual(itemsOf(`readings of ${type}`), [
        ...vcpuReadings.map((reading) => readingText('of a vCPU', reading)),
        ...vmReadings.map((reading) => readingText('of a VM', reading)),
      ]);
    });

    it(`has the counters of ${type}`, () => {
      const said = policy.counters.map(({ key, description }) => `\`${key}\`: ${description}.`);
      assert.deepEqual(itemsOf(`counters of ${type}`), said);
    });
  }

  it('shows what its commands print', () =>
    inTemporaryDirectory(async (dir) => {
      const steps = codeBlocks(page, 'console').flatMap(stepsOf);
      assert.ok(steps.length > 1);
      for (const { command, printed } of steps) {
        const { stdout, stderr } = await inProcess(command.split(' ').slice(1), dir);
        assert.equal(stdout.trim(), printed, `${command}\n${stderr}`);
      }
    }));
});

it('docs/schedulers.md shows what its simulations print', () =>
  inTemporaryDirectory(async (dir) => {
    const steps = codeBlocks(page, 'console').flatMap(stepsOf);
    assert.ok(steps.length > 0);
    for (const { command, printed } of steps) {
      const { stdout } = await inProcess(command.split(' ').slice(1), dir);
      assert.equal(stdout.trim(), printed);
    }
  }));

function parameterText(parameter: Parameter): string {
  const { key, default: usual, isTunable } = parameter;
  const change = isTunable ? ' May change in a run.' : '';
  return `\`${key}\`, by default \`${valueText(parameter, usual)}\`: ${describeParameter(parameter)}.${change}`;
}

function readingText(whose: string, { key, unit, description, classes }: Reading): string {
  const names = classes === undefined ? '' : ` (${classes.map(({ name }) => name).join(', ')})`;
  const inUnit = unit === '' ? '' : `, in ${unit}`;
  return `\`${key}\` ${whose}${inUnit}: ${description}${names}.`;
}

/** The items of the list between two comments, each on one line; none where there is no such list. */
function itemsOf(name: string): string[] {
  const [, list = ''] = page.split(`<!-- ${name} -->`);
  const [text] = list.split(`<!-- /${name} -->`);
  return text
    .split(/^- /m)
    .slice(1)
    .map((item) => item.replace(/\s+/g, ' ').trim());
}
