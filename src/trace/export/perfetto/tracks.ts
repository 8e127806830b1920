/** A trace as a timeline viewer draws it: the pCPUs, the scheduler, and each VM with its vCPUs. */
import { IDLE } from '../../../core/policy.ts';
import { spellsOf } from '../../spells.ts';
import type { Trace } from '../../trace.ts';
import { creditSamplesOf } from './credit-samples.ts';
import { instantsOf } from './instants.ts';
import { pcpuTracks } from './pcpu-tracks.ts';
import type { Track, TrackGroup } from './track.ts';
import { stateSpans } from './vcpu-states.ts';

export function tracksOf(trace: Trace): TrackGroup[] {
  const { scenario, vcpus } = trace.header;
  const instants = instantsOf(trace);
  const spells = spellsOf(trace);
  const samples = creditSamplesOf(trace);

  const vcpuTracks = (vcpu: number): Track[] => {
    const { id } = vcpus[vcpu];
    const { credit, priority } = samples[vcpu];
    return [
      {
        kind: 'vcpu',
        name: id,
        tid: threadOf(vcpu),
        spans: stateSpans(trace, spells[vcpu]),
        instants: instants.vcpus[vcpu],
      },
      { kind: 'counter', name: `${id} credit`, unit: 'credits', samples: credit },
      { kind: 'counter', name: `${id} priority`, unit: 'priority', samples: priority },
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
  const accounting: Track = { kind: 'lane', name: 'accounting', spans: [], instants: instants.scheduler };
  return [
    { name: 'pCPUs', pid: null, tracks: pcpuTracks(trace) },
    { name: 'credit scheduler', pid: null, tracks: [accounting] },
    ...vms,
  ];
}

/** A vCPU's number as a thread: from 1, since 0 is the idle task. */
export function threadOf(vcpu: number): number {
  return vcpu === IDLE ? 0 : vcpu + 1;
}
