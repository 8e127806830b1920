import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { checkPolicy } from '../../src/policy-check/check-policy.ts';
import { RULES, type Rule } from '../../src/policy-check/rules.ts';
import type { Verdict } from '../../src/policy-check/verdict.ts';
import { inTemporaryDirectory } from '../cli/spawn.ts';

const BAD = join(packageRoot(), 'test', 'policy-check', 'bad');

/** Each file, and what it must be found out for. */
const FILES: Readonly<Record<string, { readonly rule: Rule; readonly what: RegExp }>> = {
  threw: { rule: 'threw', what: /schedule\(\) threw .*no such pCPU/ },
  recursion: { rule: 'threw', what: /RangeError: Maximum call stack size exceeded/ },
  endless: { rule: 'endless', what: /^schedule\(\) has not returned after 2 s$/ },
  'endless-import': { rule: 'endless', what: /^the module's import has not returned/ },
  'waiting-import': { rule: 'endless', what: /^the module's import waits for something that never comes$/ },
  slow: { rule: 'slow', what: /^the check is not over after [\d.]+ s of CPU time: it is at '.+'$/ },
  restless: { rule: 'restless', what: /again and again, \d+ times/ },
  past: { rule: 'restless', what: /again and again, \d+ times/ },
  'not-a-number': { rule: 'nonsense', what: /begin\(0\) returned NaN/ },
  'a-name': { rule: 'nonsense', what: /choose\(0\) returned "C\/v0"/ },
  'out-of-range': { rule: 'nonsense', what: /schedule\(0\) returned \d/ },
  twice: { rule: 'twice', what: /vCPU that runs on pCPU 0/ },
  sleeper: { rule: 'not-runnable', what: /a vCPU that does not wait/ },
  pinned: { rule: 'pinned', what: /which its pin forbids/ },
  forgotten: { rule: 'forgotten', what: /waits on pCPU 0 while pCPU 0 idles/ },
  hides: { rule: 'forgotten', what: /can run, and neither runs nor waits anywhere/ },
  'lost-wake': { rule: 'untrue', what: /its trace was not told, as if the wake-up was lost/ },
  idle: { rule: 'idle', what: /waits on pCPU \d while pCPU \d idles, .*longer than it says \(0 ms\)/ },
  starved: { rule: 'starved', what: /vCPU 1 can run from the beginning, and had no turn in 10 s/ },
  'last-in': { rule: 'starved', what: /vCPU 1 can run from the beginning, and had no turn in 10 s/ },
  refuses: { rule: 'refuses', what: /create\(\): more than two VMs/ },
  accepts: { rule: 'accepts', what: /tune\(\) accepts sliceNs = / },
  untrue: { rule: 'untrue', what: /several places: pCPU 0,1/ },
  chance: { rule: 'unsteady', what: /with the same input once more/ },
  clock: { rule: 'unsteady', what: /nextTimerNs\(\) is [\d.]+, and asked once more [\d.]+/ },
  allocates: { rule: 'allocates', what: /^\d+ bytes for each decision/ },
  memory: { rule: 'memory', what: /has grown by \d+ MB/ },
  'memory-at-once': { rule: 'memory', what: /has grown by \d+ MB/ },
  'typed-memory': { rule: 'memory', what: /has grown by \d+ MB/ },
  exits: { rule: 'exits', what: /process\.exit\(3\) is called in unpauseVm\(\)/ },
  'exits-import': { rule: 'exits', what: /process\.exit\(0\) is called as the module is imported/ },
  prints: { rule: 'side-effects', what: /it prints: vCPU 0 yields/ },
  rejects: { rule: 'side-effects', what: /a promise is rejected, .*nobody waits for this/ },
  timers: { rule: 'side-effects', what: /has started something that goes on: Timeout/ },
};

/** Those in which nothing is decided before they are found out, or for which no scenario is needed. */
const WITHOUT_SCENARIO: readonly string[] = [
  'endless-import',
  'waiting-import',
  'exits-import',
  'slow',
  'accepts',
  'allocates',
  'prints',
  'rejects',
  'timers',
];

/** Few random scenarios: what is wrong with these is seen without. */
function checked(name: string): Promise<Verdict> {
  return checkPolicy(join(BAD, `${name}.mjs`), { seed: 1, randomCases: 10 });
}

describe('the check of policies', function () {
  this.timeout(30_000);

  it('knows all of these files, and finds each kind of mistake in one of them', () => {
    const names = readdirSync(BAD).map((file) => basename(file, '.mjs'));
    assert.deepEqual(names.filter((name) => name !== 'sound').sort(), Object.keys(FILES).sort());
    const found = new Set(Object.values(FILES).map(({ rule }) => rule));
    assert.deepEqual([...found].sort(), Object.keys(RULES).sort());
  });

  it('has an exit code for each kind, apart from all others', () => {
    const codes = Object.values(RULES).map(({ exitCode }) => exitCode);
    assert.equal(new Set(codes).size, codes.length);
    assert.ok(codes.every((code) => code >= 10 && code < 128));
  });

  it('finds nothing in a policy that keeps the rules, and says what it makes of shares', async () => {
    const { shown, counts, shares } = await checked('sound');
    assert.equal(shown, null);
    assert.equal(counts?.random, 10);
    assert.deepEqual(shares?.equal, [50, 50]);
    assert.equal(shares?.oneToFour, null);
    assert.equal(shares?.longestWasteNs, 0);
  });

  for (const [name, { rule, what }] of Object.entries(FILES)) {
    it(`finds ${rule} in ${name}.mjs`, async () => {
      const { shown } = await checked(name);
      assert.equal(shown?.finding.rule, rule, shown?.finding.what);
      assert.match(shown.finding.what, what);
      const { scenario } = shown;
      assert.equal(scenario === null, WITHOUT_SCENARIO.includes(name));
      if (scenario === null) return;
      assert.ok(scenario.vms.length <= 3, JSON.stringify(scenario));
      assert.ok(scenario.events.length <= 1, JSON.stringify(scenario));
      assert.ok(scenario.vms.every(({ vcpus }) => vcpus <= 3));
    });
  }

  it('shows two hogs for a turn that never ends, and one VM for a sleeper that runs', async () => {
    const [starved, sleeper] = await Promise.all(['starved', 'sleeper'].map(checked));
    assert.deepEqual(
      starved.shown?.scenario?.vms.map(({ vcpus, load }) => [vcpus, load.kind]),
      [
        [1, 'hog'],
        [1, 'hog'],
      ],
    );
    assert.equal(sleeper.shown?.scenario?.vms.length, 1);
    assert.equal(sleeper.shown.scenario.pcpuCount, 1);
  });

  it('finds the same with the same seed', async () => {
    const [once, again] = [await checked('idle'), await checked('idle')];
    assert.deepEqual(once.shown?.scenario, again.shown?.scenario);
    assert.equal(once.shown?.finding.what, again.shown?.finding.what);
  });

  it('says of a module that is none of a policy what it lacks', () =>
    inTemporaryDirectory(async (dir) => {
      const file = join(dir, 'none.mjs');
      writeFileSync(file, 'export default { description: "none" };\n');
      await assert.rejects(checkPolicy(file, { seed: 1 }), { code: 'BAD_POLICY', exitCode: 2 });
    }));
});
