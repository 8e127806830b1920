import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LabError } from '../base/errors.ts';
import { packageRoot } from '../base/package-root.ts';
import type { ScenarioFlags } from './flag-source.ts';
import { labTexts, type LabTexts } from './lab-texts.ts';
import { resolveLab, type LabPlan } from './lab.ts';
import { isLab, scenarioIn } from './load.ts';
import { loadNamedPolicy, withPolicies, withPolicyNames } from './policies-of.ts';
import type { Source } from './source.ts';
import { suggest } from '../base/text.ts';
import type { ScenarioHost } from './resolve-pcpus.ts';
import { readYaml } from './yaml-source.ts';

/** The lab that `npm start` runs. */
export const MAIN_LAB = 'weights-and-caps';

export interface LabEntry {
  readonly name: string;
  /** one line */
  readonly title: string;
  /** what it asks, if the file says so */
  readonly question?: string;
  readonly rows: number;
  readonly file: string;
}

/** The ready-made labs: lab files and scenario files in `workloads/scenarios/`, the main one first. */
export function listLabs(): readonly LabEntry[] {
  const dir = join(packageRoot(), 'workloads', 'scenarios');
  return readdirSync(dir)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => entryOf(join(dir, file)))
    .sort((a, b) => Number(b.name === MAIN_LAB) - Number(a.name === MAIN_LAB) || (a.name < b.name ? -1 : 1));
}

/**
 * A ready-made lab, or one's own.
 * @param nameOrFile a name of `listLabs()`, or the path of a lab or scenario file
 * @throws LabError BAD_OPTION for an unknown name; else as loadScenario
 */
export function loadLab(nameOrFile: string, host: ScenarioHost, overrides: ScenarioFlags = {}): LabPlan {
  const file = fileOf(nameOrFile);
  return labIn(file, withPolicyNames(readYaml(file)), host, overrides);
}

/** The same after the policy modules are loaded that it names, or an option. @throws LabError BAD_POLICY, too */
export async function planLab(
  nameOrFile: string,
  host: ScenarioHost,
  overrides: ScenarioFlags = {},
): Promise<LabPlan> {
  await loadNamedPolicy(overrides.scheduler);
  const file = fileOf(nameOrFile);
  return labIn(file, await withPolicies(readYaml(file)), host, overrides);
}

function fileOf(nameOrFile: string): string {
  const labs = listLabs();
  const file = labs.find((lab) => lab.name === nameOrFile)?.file ?? ownFile(nameOrFile);
  if (file === null) {
    const names = labs.map((lab) => lab.name);
    throw new LabError('BAD_OPTION', `there is no lab '${nameOrFile}'`, { hint: suggest(nameOrFile, names) });
  }
  return file;
}

function labIn(file: string, source: Source, host: ScenarioHost, overrides: ScenarioFlags): LabPlan {
  if (isLab(source.value)) return resolveLab(source, host, overrides);
  const scenario = scenarioIn(file, source, host, overrides);
  const { name } = scenario;
  const description = scenario.description ?? name;
  // The title says the first sentence already.
  const rest = description.slice(FIRST_SENTENCE.exec(description)?.[0].length ?? description.length).trim();
  return {
    name,
    title: firstSentence(description),
    ...(rest === '' ? {} : { description: rest }),
    // The scenario is valid, so these are texts.
    ...labTexts(source.value as LabTexts),
    rows: [{ label: name, scenario }],
  };
}

function ownFile(path: string): string | null {
  return /[/\\]|\.ya?ml$/.test(path) || existsSync(path) ? path : null;
}

/** The part of a ready-made file that the list shows. The tests check the rest. */
interface ListedLab {
  readonly title?: string;
  readonly description?: string;
  readonly question?: string;
  readonly rows?: readonly unknown[];
}

function entryOf(file: string): LabEntry {
  const value = readYaml(file).value as ListedLab;
  const name = basename(file, '.yaml');
  return {
    name,
    title: value.title ?? firstSentence(value.description ?? name),
    ...(value.question === undefined ? {} : { question: value.question.trim() }),
    rows: value.rows?.length ?? 1,
    file,
  };
}

const FIRST_SENTENCE = /^.*?[.!?](?=\s|$)/s;

/** Without its full stop, as titles are. */
function firstSentence(text: string): string {
  const sentence = FIRST_SENTENCE.exec(text.trim())?.[0].replace(/\s+/g, ' ') ?? text.trim();
  return sentence.replace(/\.$/, '');
}
