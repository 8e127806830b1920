/** The thread in which a module is loaded and checked, since that may do anything: hang, too, or end its thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { LabError } from '../base/errors.ts';
import type { PolicyType } from '../core/policy-type.ts';
import { isPolicyFault } from '../core/policy-fault.ts';
import { loadPolicyType } from '../policy-file/load.ts';
import { policyTypeOf } from '../policies.ts';
import { BlackBox, Phase } from './black-box.ts';
import type { Case } from './case.ts';
import { type Finding, judge, judgeRepeated, textOf } from './judge.ts';
import { allocatedBy } from './memory.ts';
import { namedCases } from './named-cases.ts';
import { randomCase } from './random-case.ts';
import { wrongAnswer } from './requests.ts';
import { sharesUnder } from './shares.ts';
import { simplest } from './smaller.ts';
import type { Counts, Job, Shown, ThreadData, ThreadMessage } from './verdict.ts';
import type { Rule } from './rules.ts';

/** A tenth of them is run twice. */
const REPEATED_EVERY = 10;
/** To make a scenario simpler. */
const SIMPLIFYING_MS = 2000;
/** A policy that makes no objects. */
const CLEAN = 'round-robin';
/** More than that for each decision, beyond what CLEAN needs, is more than some numbers that V8 keeps in objects. */
const MOST_BYTES = 64;
const MOST_ATTEMPTS = 3;
/** What was started without being waited for shows itself within that time. */
const AFTERMATH_MS = 50;
const MOST_PRINTED = 5;

const { path, memory, job } = workerData as ThreadData;
const box = new BlackBox(memory);
const startMs = performance.now();

function tell(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

/** What it does beside computing; the first is told. */
const sideEffects: string[] = [];

function watchSideEffects(): void {
  let printed = 0;
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (chunk: unknown): boolean => {
      const [line] = String(chunk).trimEnd().split('\n');
      sideEffects.push(`it prints: ${line}`);
      if (sideEffects.length > MOST_PRINTED) sideEffects.length = MOST_PRINTED;
      if (++printed <= MOST_PRINTED) tell({ kind: 'printed', text: line });
      return true;
    };
  }
  const exit = process.exit.bind(process);
  process.exit = (code) => {
    tell({ kind: 'exits', what: `process.exit(${String(code ?? '')}) is called` });
    return exit(code);
  };
  process.on('unhandledRejection', (reason) =>
    sideEffects.push(`a promise is rejected, and nobody waits for it: ${textOf(reason)}`),
  );
  process.on('uncaughtException', (error) =>
    sideEffects.push(`it throws later, by itself: ${textOf(error)}`),
  );
}

async function loaded(): Promise<PolicyType> {
  box.enter(Phase.load);
  const type = await loadPolicyType(path);
  box.enter(Phase.nothing);
  return type;
}

async function main(): Promise<void> {
  watchSideEffects();
  const before = process.getActiveResourcesInfo();
  let type: PolicyType;
  try {
    type = await loaded();
  } catch (error) {
    tell(refusalOf(error));
    return;
  }
  const { description, parameters, vmParameters } = type;
  tell({ kind: 'loaded', type: type.type, description, parameters, vmParameters });
  if (job.kind === 'cases') {
    for (const [index, scenario] of job.cases.entries()) {
      box.begin(scenario, index);
      judge(type, scenario, box);
    }
    tell({ kind: 'done', counts: { named: job.cases.length, random: 0, ofRandom: 0 }, shares: null });
    return;
  }
  const counts = checkScenarios(type, job);
  if (counts === null) return;
  if (await hasSideEffects(before)) return;
  box.begin(null);
  tell({ kind: 'done', counts, shares: sharesUnder(type, box) });
}

/** @returns null: something was found, and told */
function checkScenarios(
  type: PolicyType,
  { seed, randomCases, randomUntilMs }: Job & { readonly kind: 'all' },
): Counts | null {
  const named = namedCases(type);
  tell({ kind: 'doing', what: `${named.length} scenarios` });
  if (named.some((scenario) => isFound(type, scenario, judge))) return null;
  tell({ kind: 'doing', what: 'the same scenarios once more' });
  if (named.some((scenario) => isFound(type, scenario, judgeRepeated))) return null;
  tell({ kind: 'doing', what: 'requests that it must refuse' });
  box.begin(null);
  const wrong = wrongAnswer(type);
  if (wrong !== null) return found(wrong.rule, wrong.what);
  tell({ kind: 'doing', what: 'random scenarios' });
  let random = 0;
  for (; random < randomCases && performance.now() - startMs < randomUntilMs; random++) {
    const scenario = randomCase(type, seed, random);
    if (isFound(type, scenario, judge)) return null;
    if (random % REPEATED_EVERY === 0 && isFound(type, scenario, judgeRepeated)) return null;
  }
  // Before its memory, since whoever prints allocates, too.
  if (sideEffects.length > 0) return found('side-effects', sideEffects[0]);
  tell({ kind: 'doing', what: 'memory' });
  box.begin(null);
  const allocated = allocationsOf(type);
  if (allocated !== null) return found('allocates', allocated);
  return { named: named.length, random, ofRandom: randomCases };
}

/** What it allocates with each decision, as a clause; null: no more than numbers. */
function allocationsOf(type: PolicyType): string | null {
  const usual = allocatedBy(policyTypeOf(CLEAN), box).bytesPerPass;
  // On a busy machine code may not be compiled yet: what is measured once more tells less of that.
  for (let attempt = 1; ; attempt++) {
    const { bytesPerPass, where } = allocatedBy(type, box);
    const bytes = bytesPerPass - usual;
    if (bytes <= MOST_BYTES) return null;
    const place = where === null ? '' : `, most of it in ${where}`;
    if (attempt === MOST_ATTEMPTS) return `${String(Math.round(bytes))} bytes for each decision${place}`;
  }
}

type Judge = (type: PolicyType, scenario: Case, box: BlackBox) => Finding | null;

/** Whether a scenario shows something. If so, it is told, and once more as simply as can be. */
function isFound(type: PolicyType, scenario: Case, by: Judge): boolean {
  box.begin(scenario);
  const finding = by(type, scenario, box);
  if (finding === null) return false;
  tellFound({ finding, scenario });
  let best = finding;
  const untilMs = performance.now() + SIMPLIFYING_MS;
  const simple = simplest(
    scenario,
    finding.atNs,
    finding.rule === 'starved',
    (candidate) => {
      box.begin(candidate);
      const again = by(type, candidate, box);
      if (again?.rule !== finding.rule) return null;
      best = again;
      return again.atNs;
    },
    () => performance.now() < untilMs,
  );
  tellFound({ finding: best, scenario: simple });
  return true;
}

const MOST_DECISIONS = 200;

function tellFound({ finding, scenario }: Shown): void {
  const decisions = finding.decisions.slice(-MOST_DECISIONS);
  tell({ kind: 'found', finding: { ...finding, decisions }, scenario });
}

/** Something that needs no scenario. */
function found(rule: Rule, what: string): null {
  tellFound({ finding: { rule, what, where: null, atNs: 0, decisions: [] }, scenario: null });
  return null;
}

async function hasSideEffects(before: readonly string[]): Promise<boolean> {
  const started = [...process.getActiveResourcesInfo()];
  for (const resource of before) if (started.includes(resource)) started.splice(started.indexOf(resource), 1);
  if (started.length > 0) sideEffects.push(`it has started something that goes on: ${started[0]}`);
  await new Promise((resolve) => setTimeout(resolve, AFTERMATH_MS));
  const [first] = sideEffects;
  if (first === undefined) return false;
  found('side-effects', first);
  return true;
}

/** The module can't be loaded, or is none of a policy. */
function refusalOf(error: unknown): ThreadMessage {
  if (error instanceof LabError) {
    // A cause may be something that can't be sent.
    const details = { ...error.details, cause: null };
    return { kind: 'refused', code: error.code, message: error.message, details };
  }
  return {
    kind: 'refused',
    code: 'BAD_FILE',
    message: 'the policy cannot be loaded',
    details: { where: path, got: textOf(error) },
  };
}

try {
  await main();
} catch (error) {
  // Of a declaration, such as longestWasteNs().
  if (!isPolicyFault(error)) throw error;
  found(error.kind, error.message);
}
process.exitCode = 0;
parentPort?.close();
