/** Options that choose a part of a trace. */
import { LabError } from '../base/errors.ts';
import { parseCpuList } from '../scenario/cpu-list.ts';
import { parseDuration } from '../scenario/duration.ts';
import { suggest } from '../base/text.ts';
import { endOf } from '../trace/timeline.ts';
import type { Trace } from '../trace/trace.ts';
import type { Window } from '../trace/window.ts';
import { beginOf } from '../trace/window.ts';
import { instant } from '../trace/words/words.ts';

export interface TraceFilters {
  readonly vm?: readonly string[];
  readonly pcpu?: string;
  readonly from?: string;
  readonly to?: string;
}

/** @throws LabError BAD_OPTION */
export function windowOf(trace: Trace, { vm, pcpu, from, to }: TraceFilters): Window {
  const endNs = endOf(trace);
  const fromNs = from === undefined ? beginOf(trace) : timeInTrace(trace, '--from', from);
  const toNs = to === undefined ? endNs : Math.min(endNs, time('--to', to));
  if (fromNs >= toNs) {
    if (from === undefined && to === undefined)
      throw new LabError('BAD_FILE', 'the trace is empty: nothing was recorded in this run');
    throw new LabError('BAD_OPTION', 'there is nothing in between', {
      where: to === undefined ? '--from' : '--to',
      expected: `a time after ${instant(fromNs)}, where the part begins`,
      got: to ?? `the end of the trace, ${instant(endNs)}`,
    });
  }
  return {
    fromNs,
    toNs,
    vcpus: vm === undefined ? null : new Set(vm.flatMap((name) => vcpusNamed(trace, '--vm', name))),
    pcpus: pcpu === undefined ? null : pcpusNamed(trace, pcpu),
  };
}

/** The vCPUs of a VM, or the one that is named. @throws LabError BAD_OPTION */
export function vcpusNamed({ header }: Trace, option: string, name: string): number[] {
  const { vms } = header.scenario;
  const found = header.vcpus.flatMap(({ id, vm }, index) =>
    id === name || vms[vm].name === name ? [index] : [],
  );
  if (found.length > 0) return found;
  const [kind, known] = name.includes('/')
    ? ['vCPU', header.vcpus.map(({ id }) => id)]
    : ['VM', vms.map((vm) => vm.name)];
  throw new LabError('BAD_OPTION', `there is no ${kind} '${name}' in this trace`, {
    where: option,
    hint: suggest(name, known),
  });
}

/** A time up to the end of the trace. @throws LabError BAD_OPTION */
export function timeInTrace(trace: Trace, option: string, text: string): number {
  const ns = time(option, text);
  const [beginNs, endNs] = [beginOf(trace), endOf(trace)];
  if (ns >= beginNs && ns <= endNs) return ns;
  throw new LabError(
    'BAD_OPTION',
    ns > endNs ? 'the trace ends before that' : 'the trace begins after that',
    {
      where: option,
      expected: `a time from ${instant(beginNs)} to ${instant(endNs)}`,
      got: text,
    },
  );
}

function time(option: string, text: string): number {
  const parsed = parseDuration(text);
  if (parsed.ok) return parsed.value;
  throw new LabError('BAD_OPTION', parsed.message, {
    where: option,
    expected: parsed.expected,
    got: `'${text}'`,
  });
}

function pcpusNamed({ header }: Trace, text: string): Set<number> {
  const { pcpus } = header.scenario;
  const cpus = parseCpuList(text);
  const expected = `host CPUs of the run: ${pcpus.join(', ')}`;
  if (!cpus.ok)
    throw new LabError('BAD_OPTION', cpus.message, { where: '--pcpu', expected, got: `'${text}'` });
  const stranger = cpus.value.find((cpu) => !pcpus.includes(cpu));
  if (stranger !== undefined)
    throw new LabError('BAD_OPTION', `CPU ${stranger} is not in this trace`, { where: '--pcpu', expected });
  return new Set(cpus.value.map((cpu) => pcpus.indexOf(cpu)));
}
