/** A trace as a timeline viewer draws it: the pCPUs, the scheduler, and each VM with its vCPUs. */
import type { Reading } from '../../../core/policy-terms.ts';
import { IDLE } from '../../../core/policy.ts';
import { spellsOf } from '../../spells.ts';
import type { Trace } from '../../trace.ts';
import { signed } from '../../words/words.ts';
import { instantsOf } from './instants.ts';
import { pcpuTracks } from './pcpu-tracks.ts';
import { readingSamplesOf } from './reading-samples.ts';
import type { Track, TrackGroup } from './track.ts';
import { stateSpans } from './vcpu-states.ts';

export function tracksOf(trace: Trace): TrackGroup[] {
  const { scenario, vcpus, policy } = trace.header;
  const instants = instantsOf(trace);
  const spells = spellsOf(trace);
  const samples = readingSamplesOf(trace);

  const vcpuTracks = (vcpu: number): Track[] => {
    const { id } = vcpus[vcpu];
    return [
      {
        kind: 'vcpu',
        name: id,
        tid: threadOf(vcpu),
        spans: stateSpans(trace, spells[vcpu]),
        instants: instants.vcpus[vcpu],
      },
      ...levelsFirst(policy.vcpuReadings).map((reading): Track => ({
        kind: 'counter',
        name: `${id} ${reading.key}`,
        unit: unitOf(reading),
        samples: samples[vcpu][policy.vcpuReadings.indexOf(reading)],
      })),
    ];
  };
  let firstVcpu = 0;
  const vms = scenario.vms.map(({ name, vcpus: count }, vm): TrackGroup => {
    const first = firstVcpu;
    firstVcpu += count;
    const settings: Track = { kind: 'vm', name: 'settings', spans: [], instants: instants.vms[vm] };
    const members = Array.from({ length: count }, (_, i) => vcpuTracks(first + i));
    // The first vCPU is the main thread, which on Linux has its process's number.
    return { name: `VM ${name}`, pid: threadOf(first), tracks: [settings, ...members.flat()] };
  });
  const moments: Track = {
    kind: 'lane',
    name: policy.records.find(({ mark }) => mark !== undefined)?.title ?? 'scheduler',
    spans: [],
    instants: instants.scheduler,
  };
  return [
    { name: 'pCPUs', pid: null, tracks: pcpuTracks(trace) },
    { name: `${policy.type} scheduler`, pid: null, tracks: [moments] },
    ...vms,
  ];
}

function levelsFirst(readings: readonly Reading[]): Reading[] {
  const ofKind = (wanted: Reading['kind']): Reading[] => readings.filter(({ kind }) => kind === wanted);
  return [...ofKind('level'), ...ofKind('class')];
}

/** Viewers draw a class as a number too: its unit says what the numbers mean. */
function unitOf({ kind, key, unit, classes = [] }: Reading): string {
  if (kind === 'class') return classes.map(({ value, name }) => `${signed(value)} ${name}`).join(', ');
  if (unit === 'ms') return 'ns';
  return unit === '' ? key : unit;
}

/** A vCPU's number as a thread: from 1, since 0 is the idle task. */
export function threadOf(vcpu: number): number {
  return vcpu === IDLE ? 0 : vcpu + 1;
}
