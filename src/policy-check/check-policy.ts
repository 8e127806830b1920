/** Check a policy's module, whatever it does: it runs in a thread of its own, and somebody watches over that. */
import { Worker } from 'node:worker_threads';
import { LabError } from '../base/errors.ts';
import { siblingModule } from '../base/package-root.ts';
import { BlackBox, Phase } from './black-box.ts';
import type { Case } from './case.ts';
import type { Rule } from './rules.ts';
import { smaller } from './smaller.ts';
import type { Job, Shown, ThreadData, ThreadMessage, Verdict } from './verdict.ts';

/** A call that takes longer than this never ends. */
const PATIENCE_MS = 2000;
/** What was seen to hang once is believed sooner. */
const SHORT_PATIENCE_MS = 400;
const LOOK_EVERY_MS = 25;
/** Random scenarios begin until so long after the start, so that all is over within 10 s. */
const RANDOM_UNTIL_MS = 4500;
/**
 * All of the check takes less than 10 s. CPU time is counted, so that a busy machine doesn't make a policy slow. A
 * sound policy's check takes a third of it.
 */
const MOST_CPU_MS = 8000;
/** To make a scenario simpler in which the thread hangs or dies. */
const SIMPLIFYING_MS = 2500;
/** Typed arrays count, too. A sound policy's check takes a fifth of it. */
const MOST_GROWTH_MB = 512;
/** V8 ends the whole process when a thread exceeds its heap within one call: whoever looks on must come before that. */
const MOST_HEAP_MB = 4096;

/** How many of them are wanted. */
const RANDOM_CASES = 150;

export interface CheckOptions {
  readonly seed: number;
  /** how many random scenarios; default 150 */
  readonly randomCases?: number;
  /** told what is being looked at */
  readonly onStage?: (what: string) => void;
}

/** @throws LabError BAD_FILE, BAD_POLICY: there is no policy in that file */
export async function checkPolicy(
  path: string,
  { seed, randomCases = RANDOM_CASES, onStage }: CheckOptions,
): Promise<Verdict> {
  const job: Job = { kind: 'all', seed, randomCases, randomUntilMs: RANDOM_UNTIL_MS };
  const { death, messages } = await new Overseer(path, job, PATIENCE_MS, onStage).ended;
  const refused = messages.find((message) => message.kind === 'refused');
  if (refused !== undefined) throw new LabError(refused.code, refused.message, refused.details);
  const done = messages.find((message) => message.kind === 'done');
  const shownInThread = messages.findLast((message) => message.kind === 'found');
  const policy = messages.find((message) => message.kind === 'loaded');
  onStage?.('a simpler scenario');
  return {
    policy: policy ?? null,
    shown: shownInThread ?? (death === null ? null : await simplestDeath(path, death)),
    counts: done?.counts ?? null,
    shares: done?.shares ?? null,
    printed: messages.flatMap((message) => (message.kind === 'printed' ? [message.text] : [])),
  };
}

/** How a thread ended that didn't come to its end. */
interface Death extends Shown {
  /** of the scenario, in a list of them */
  readonly index: number;
}

/** The simplest scenario found in which a thread dies of the same. */
async function simplestDeath(path: string, death: Death): Promise<Shown> {
  let best: Shown = death;
  const untilMs = performance.now() + SIMPLIFYING_MS;
  while (best.scenario !== null && performance.now() < untilMs) {
    const cases = [...smaller(best.scenario, best.finding.atNs, false)];
    if (cases.length === 0) break;
    const { death: next } = await new Overseer(path, { kind: 'cases', cases }, SHORT_PATIENCE_MS).ended;
    if (next?.finding.rule !== death.finding.rule || next.scenario === null) break;
    best = { ...next, finding: { ...next.finding, what: death.finding.what } };
  }
  return best;
}

interface Ended {
  readonly messages: readonly ThreadMessage[];
  /** null: it came to its end */
  readonly death: Death | null;
}

/** Watches over one thread. */
class Overseer {
  readonly ended: Promise<Ended>;
  private readonly box = new BlackBox();
  private readonly messages: ThreadMessage[] = [];
  private readonly worker: Worker;
  private readonly patienceMs: number;
  private readonly rssBefore = process.memoryUsage.rss();
  private readonly cpuBefore = process.cpuUsage();
  private stage = '';
  private timer: NodeJS.Timeout | undefined;
  private beats = 0;
  private beatMs = performance.now();
  private resolve: (ended: Ended) => void = () => undefined;
  private reject: (error: Error) => void = () => undefined;

  constructor(path: string, job: Job, patienceMs: number, onStage?: (what: string) => void) {
    this.patienceMs = patienceMs;
    const data: ThreadData = { path, memory: this.box.memory, job };
    this.ended = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.worker = new Worker(new URL(siblingModule('check-thread', import.meta.url)), {
      workerData: data,
      stdin: true,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
    });
    this.worker.on('message', (message: ThreadMessage) => {
      this.messages.push(message);
      if (message.kind !== 'doing') return;
      this.stage = message.what;
      onStage?.(message.what);
    });
    this.worker.on('error', (error) => {
      this.takeError(error);
    });
    this.worker.on('exit', () => {
      this.takeExit();
    });
    this.timer = setInterval(() => {
      this.look();
    }, LOOK_EVERY_MS);
  }

  private look(): void {
    const beats = this.box.beats();
    const nowMs = performance.now();
    if (beats !== this.beats) {
      this.beats = beats;
      this.beatMs = nowMs;
    }
    const grownMb = (process.memoryUsage.rss() - this.rssBefore) / 1024 ** 2;
    if (grownMb > MOST_GROWTH_MB) {
      this.kill('memory', `the process has grown by ${String(Math.round(grownMb))} MB`);
    } else if (beats > 0 && nowMs - this.beatMs > this.patience()) {
      this.kill('endless', `${this.callUnderWay()} has not returned after ${this.patience() / 1000} s`);
    } else if (this.cpuMs() > MOST_CPU_MS) {
      const took = `${MOST_CPU_MS / 1000} s of CPU time`;
      this.box.begin(null);
      this.kill('slow', `the check is not over after ${took}: it is at '${this.stage}'`);
    }
  }

  private cpuMs(): number {
    const { user, system } = process.cpuUsage(this.cpuBefore);
    return (user + system) / 1000;
  }

  /** Loading takes its time on a busy machine. */
  private patience(): number {
    return this.box.phase() === Phase.load ? PATIENCE_MS : this.patienceMs;
  }

  private callUnderWay(): string {
    const call = this.box.call();
    if (call !== '') return `${call}()`;
    switch (this.box.phase()) {
      case Phase.load:
        return "the module's import";
      case Phase.create:
        return 'create()';
      default:
        return "a function of the policy's declaration";
    }
  }

  private takeError(error: Error & { readonly code?: string }): void {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      this.end(this.deathOf('memory', `it used more than ${MOST_HEAP_MB} MB in ${this.callUnderWay()}`));
      return;
    }
    this.stop();
    this.reject(error);
  }

  private takeExit(): void {
    const exits = this.messages.find((message) => message.kind === 'exits');
    if (exits !== undefined) {
      const where =
        this.box.phase() === Phase.load ? 'as the module is imported' : `in ${this.callUnderWay()}`;
      this.end(this.deathOf('exits', `${exits.what} ${where}`));
    } else if (this.box.phase() === Phase.load && this.messages.every(({ kind }) => kind !== 'refused')) {
      this.end(this.deathOf('endless', "the module's import waits for something that never comes"));
    } else {
      this.end(null);
    }
  }

  private kill(rule: Rule, what: string): void {
    // Before it is gone, since the black box is read now.
    this.end(this.deathOf(rule, what));
  }

  private deathOf(rule: Rule, what: string): Death {
    const { box } = this;
    const scenario: Case | null = box.case();
    const decisions = box.decisions();
    return {
      finding: { rule, what, where: null, atNs: box.nowNs(), decisions },
      scenario,
      index: box.index(),
    };
  }

  private end(death: Death | null): void {
    this.stop();
    void this.worker.terminate().then(() => {
      this.resolve({ messages: this.messages, death });
    });
  }

  private stop(): void {
    clearInterval(this.timer);
    this.worker.removeAllListeners('exit');
  }
}
