import { overrideSource, type ScenarioFlags } from './flag-source.ts';
import { keptSchedulers } from './kept-schedulers.ts';
import { labSchema, type LabInput } from './lab-schema.ts';
import { labTexts, type LabTexts } from './lab-texts.ts';
import { mergedScheduler, namesType } from './merge-scheduler.ts';
import { longForm } from './schema.ts';
import { resolveScenario } from './resolve.ts';
import type { ScenarioHost } from './resolve-pcpus.ts';
import type { Scenario } from './scenario.ts';
import type { Path, Source } from './source.ts';
import { firstName } from './stage.ts';
import { describeValue, mistake, validate } from './validate.ts';
import { suggest } from '../base/text.ts';

/** A series of runs that are compared with one another. */
export interface LabPlan extends LabTexts {
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  readonly rows: readonly LabRow[];
  /** sentences: what rows keep although an option says otherwise */
  readonly notes?: readonly string[];
}

export interface LabRow {
  readonly label: string;
  readonly scenario: Scenario;
}

/** One scenario as a lab of one row. */
export function singleRow(scenario: Scenario): LabPlan {
  const { name } = scenario;
  return { name, title: name, rows: [{ label: name, scenario }] };
}

/**
 * Validate a lab and expand its rows to scenarios. Options win over what a row says, but for the scheduler: what a row
 * says of it is what the lab compares, so there the row wins.
 * @throws LabError BAD_SCENARIO or BAD_WORKLOAD with the place of the first mistake
 */
export function resolveLab(source: Source, host: ScenarioHost, overrides: ScenarioFlags = {}): LabPlan {
  const lab = validate(labSchema(), source);
  const { scheduler, ...others } = overrides;
  const [base, plain] = [overrides, others].map((flags) => overrideSource(inner(source), flags));
  // The scenario must be right by itself, also in a VM that no row uses.
  resolveScenario({ ...base, locate: (path, part) => base.locate(path, part) }, host);
  if (lab.rows.length === 0) {
    throw mistake(source.locate(['rows']), 'the lab has no rows', { expected: 'at least one row' });
  }
  const rows = lab.rows.map((row, index) => {
    const clash = lab.rows.findIndex((other) => other.label === row.label);
    if (clash < index) {
      throw mistake(source.locate(['rows', index, 'label']), 'two rows have the same label', {
        expected: 'unique labels',
        got: `${describeValue(row.label)} twice`,
      });
    }
    const under = namesType(writtenRows(source)[index].scheduler) ? plain : base;
    // Once more, because options win over what a row says.
    const own = overrideSource(rowSource(source, under, lab, index), others);
    return { label: row.label, scenario: resolveScenario(own, host) };
  });
  const notes = scheduler === undefined ? [] : keptSchedulers(scheduler, base, writtenRows(source));
  return {
    name: source.defaultName,
    title: lab.title.trim(),
    ...(lab.description === undefined ? {} : { description: lab.description.trim() }),
    ...labTexts(lab),
    rows,
    ...(notes.length > 0 && { notes }),
  };
}

/** The scenario inside a lab file, as a source of its own. */
function inner(source: Source): Source {
  return {
    ...source,
    value: (source.value as { scenario: unknown }).scenario,
    locate: (path, part) => source.locate(['scenario', ...path], part),
  };
}

/** What stands in the file, checked but not yet read. */
interface WrittenScenario {
  readonly vms: readonly Record<string, unknown>[];
  readonly events?: readonly Record<string, unknown>[];
  readonly scheduler?: unknown;
}

interface WrittenRow {
  readonly label: string;
  readonly vms: readonly Record<string, unknown>[];
  readonly pcpus?: unknown;
  readonly duration?: unknown;
  readonly scheduler?: unknown;
}

function writtenRows(file: Source): readonly WrittenRow[] {
  return (file.value as { rows: WrittenRow[] }).rows;
}

/** A row as the source of a scenario: places lead to the row where it says something, else to the scenario. */
function rowSource(file: Source, base: Source, lab: LabInput, index: number): Source {
  const row = lab.rows[index];
  const written = base.value as WrittenScenario;
  const own = writtenRows(file)[index];
  const names = lab.scenario.vms.map((vm) => vm.name);
  const picks = row.vms.map((vm, i) => {
    const baseIndex = names.indexOf(vm.name);
    if (baseIndex < 0) {
      throw mistake(file.locate(['rows', index, 'vms', i, 'name']), `the scenario has no VM '${vm.name}'`, {
        hint: suggest(vm.name, names),
      });
    }
    return { vm, baseIndex };
  });
  // What events create is in each row.
  const concernsRow = (vm: string): boolean => {
    const declared = names.includes(vm) ? vm : firstName(vm);
    return !names.includes(declared) || row.vms.some(({ name }) => name === declared);
  };
  const eventIndexes = (lab.scenario.events ?? []).flatMap((event, i) =>
    event.vm === undefined || concernsRow(event.vm) ? [i] : [],
  );
  const locate: Source['locate'] = ([head, step, ...rest], part) => {
    const at = Number(step);
    if (head === 'vms' && step === undefined) return file.locate(['rows', index, 'vms'], part);
    if (head === 'vms') {
      const { vm, baseIndex } = picks[at];
      const inRow = rest.length === 0 || String(rest[0]) in vm;
      return inRow
        ? file.locate(['rows', index, 'vms', at, ...rest], part)
        : base.locate(['vms', baseIndex, ...rest], part);
    }
    if (head === 'events' && step !== undefined)
      return base.locate(['events', eventIndexes[at], ...rest], part);
    if (head === 'pcpus' || head === 'duration' || head === 'scheduler') {
      const value = head === 'scheduler' ? longForm(own[head]) : own[head];
      const isOwn = isMapping(value) && step !== undefined ? step in value : value !== undefined;
      if (isOwn) return file.locate(['rows', index, head, ...(step === undefined ? [] : [step])], part);
    }
    const path: Path = head === undefined ? [] : step === undefined ? [head] : [head, step, ...rest];
    return base.locate(path, part);
  };
  return {
    ...base,
    defaultName: `${file.defaultName}: ${row.label}`,
    value: {
      ...written,
      ...(own.pcpus === undefined ? {} : { pcpus: own.pcpus }),
      ...(own.duration === undefined ? {} : { duration: own.duration }),
      ...(own.scheduler === undefined
        ? {}
        : { scheduler: mergedScheduler(written.scheduler, own.scheduler) }),
      // As it is written: it is read, with what it overrides, when the scenario is.
      vms: picks.map(({ baseIndex }, i) => ({ ...written.vms[baseIndex], ...own.vms[i] })),
      ...(written.events === undefined ? {} : { events: eventIndexes.map((i) => written.events?.[i]) }),
    },
    locate,
  };
}

function isMapping(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
