/** What a policy allocates while it decides, in a run that has become steady. */
import { type HeapProfiler, Session } from 'node:inspector';
import type { PolicyType } from '../core/policy-type.ts';
import type { Policy } from '../core/policy.ts';
import { simulate, type SimOptions } from '../sim/simulate.ts';
import type { BlackBox } from './black-box.ts';

/** Passes of the loop: so many until all code is compiled, and so many that are measured. */
const WARM_UP = 60_000;
const MEASURED = 60_000;
const PASSES_PER_BEAT = 500;
/** On average every so many bytes an allocation is looked at. */
const SAMPLED_BYTES = 512;

/** Hogs, sleepers and those who yield: all calls of a run in which nothing is changed. */
const STEADY: SimOptions = {
  pcpuCount: 2,
  vms: [
    { vcpus: [{ guest: { kind: 'hog' } }, { guest: { kind: 'hog' } }] },
    { vcpus: [1, 2, 3].map((ms) => ({ guest: { kind: 'io', runNs: ms * 1e5, sleepNs: ms * 1e6 } })) },
    { vcpus: [{ guest: { kind: 'yield', runNs: 5e5 } }] },
  ],
  durationNs: 3600e9,
};

export interface Allocated {
  /** for each pass of the loop, which makes about one decision */
  readonly bytesPerPass: number;
  /** where most of it is, as far as that can be said: `choose() at mine.mjs:12`; null: it can't */
  readonly where: string | null;
}

/**
 * What is called by the policy counts, too, and what it is made from (src/core). Where compiled code holds a function
 * of its within one of these, the profiler knows only the outer one.
 */
export function allocatedBy(type: PolicyType, box: BlackBox): Allocated {
  const session = new Session();
  session.connect();
  try {
    let passes = 0;
    simulate({
      ...STEADY,
      create: (input) => apart(type.create(input)),
      shouldStop() {
        passes++;
        if (passes % PASSES_PER_BEAT === 0) box.beat();
        if (passes === WARM_UP) start(session);
        return passes >= WARM_UP + MEASURED;
      },
    });
    return summed(stop(session));
  } finally {
    session.disconnect();
  }
}

function start(session: Session): void {
  const how = {
    samplingInterval: SAMPLED_BYTES,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  };
  session.post('HeapProfiler.startSampling', how);
}

function stop(session: Session): HeapProfiler.SamplingHeapProfileNode {
  let head: HeapProfiler.SamplingHeapProfileNode | null = null;
  // Within one thread the answer comes before post() returns.
  session.post('HeapProfiler.stopSampling', (error, result) => {
    if (error === null) head = result.profile.head;
  });
  if (head === null) throw new Error('the heap profiler gave no answer');
  return head;
}

function summed(head: HeapProfiler.SamplingHeapProfileNode): Allocated {
  let bytes = 0;
  const byPlace = new Map<string, number>();
  const walk = (
    node: HeapProfiler.SamplingHeapProfileNode,
    isInside: boolean,
    place: string | null,
  ): void => {
    const { functionName, url, lineNumber } = node.callFrame;
    const owner = ownerOf(url);
    const here =
      owner === 'policy' ? `${functionName}() at ${url.replace(/^.*\//, '')}:${lineNumber + 1}` : place;
    if (isInside || owner !== 'lab') {
      bytes += node.selfSize;
      if (here !== null) byPlace.set(here, (byPlace.get(here) ?? 0) + node.selfSize);
    }
    for (const child of node.children) walk(child, isInside || owner !== 'lab', here);
  };
  walk(head, false, null);
  const [most] = [...byPlace].sort(([, one], [, other]) => other - one);
  return { bytesPerPass: bytes / MEASURED, where: most === undefined ? null : most[0] };
}

const LAB = new URL('..', import.meta.url).href;
const CORE = new URL('../core/', import.meta.url).href;

function ownerOf(url: string): 'policy' | 'core' | 'lab' {
  if (url.startsWith(CORE)) return 'core';
  return url.startsWith('file:') && !url.startsWith(LAB) ? 'policy' : 'lab';
}

/**
 * The same policy, whose methods no compiler joins with those that call them: all calls go through one place, where V8
 * sees too many functions to expect any of them.
 */
function apart(policy: Policy): Policy {
  const methods = policy as unknown as Record<string, unknown>;
  for (const name of CALLED) {
    const method = methods[name] as Method;
    methods[name] = (a: number, b: number, c: number) => invoke(method, policy, a, b, c);
  }
  return policy;
}

type Method = (this: Policy, a: number, b: number, c: number) => unknown;

const CALLED = [
  'nextTimerNs',
  'nextTimerPcpu',
  'fireTimer',
  'nextResched',
  'schedule',
  'wake',
  'block',
  'yieldVcpu',
] as const satisfies readonly (keyof Policy)[];

function invoke(method: Method, policy: Policy, a: number, b: number, c: number): unknown {
  return method.call(policy, a, b, c);
}
