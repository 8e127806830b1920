import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../../src/base/errors.ts';
import { forgetPolicies, knownPolicyType, moduleOf, typeOfFile } from '../../src/policies.ts';
import { loadPolicyType } from '../../src/policy-file/load.ts';
import { TAKEN_KEYS, TAKEN_READINGS } from '../../src/policy-file/shape.ts';
import { RESERVED_KEYS } from '../../src/scenario/schema.ts';
import { simulate } from '../../src/sim/simulate.ts';
import { FIELDS } from '../../src/trace/record.ts';
import { changed, folderOf, TEMPLATE } from './modules.ts';

const create = 'create: () => ({})';
const parameter = (more: string) =>
  `export default { description: 'x', ${create}, parameters: [{ key: 'slice', min: 1, max: 9, default: 5, ` +
  `description: 'x', ${more} }] };`;

/** What is in the file, and what is said of it. */
const BAD: Readonly<Record<string, readonly [text: string, ...said: RegExp[]]>> = {
  'empty.mjs': ['', /no default export/, /got no exports at all/, /new Mine\(type, options\)/],
  'named.mjs': ['export const policy = {};', /no default export/, /got only policy/],
  'number.mjs': ['export default 7;', /the default export is no policy/, /got 7/],
  'class.mjs': ['export default class {}', /the default export is no policy/, /got a class/],
  'waits.mjs': [
    'await new Promise(() => {});',
    /waits\.mjs: the import .*waits for something that never comes/,
  ],
  'syntax.mjs': ['const a = 1;\n\nexport default { a b };\n', /syntax\.mjs:3: .*Unexpected identifier 'b'/],
  'throws.mjs': ['\nnull.x;', /throws\.mjs:2:6: .*threw while it was loaded: TypeError/],
  'missing.mjs': ["import 'not-there';", /imports something that is not there/, /'not-there'/],
  'wrong-name.mjs': ["import { nope } from 'creditlab/policy';", /wrong-name\.mjs:1: .*'nope'/],
  'nameless.mjs': [`export default { ${create} };`, /the policy has no description/],
  'lazy.mjs': ["export default { description: 'x' };", /the policy has no create/],
  'typo.mjs': [
    `export default { description: 'x', ${create}, parameter: [] };`,
    /unknown 'parameter'/,
    /did you mean 'parameters'/,
  ],
  'a-class.mjs': [
    "class Mine {}\nexport default { description: 'x', create: Mine };",
    /got a class/,
    /hint: create: \(options, type\) => new Mine\(type, options\)/,
  ],
  'nothing.mjs': [
    "export default { description: 'x', create() {} };",
    /create\(\) returned no policy/,
    /undefined/,
    /hint: create: \(options, type\) => new Mine\(type, options\)/,
  ],
  'methodless.mjs': [
    `export default { description: 'x', ${create} };`,
    /the policy has no nextTimerNs\(\)/,
    /got none/,
  ],
  'forgetful.mjs': [changed('  choose(pcpu) {', '  chose(pcpu) {'), /the policy has no choose\(\)/],
  'unread.mjs': [
    changed('  readVcpu(vcpu, out, at) {', '  read(vcpu, out, at) {'),
    /vcpuReadings are declared, and there is no readVcpu\(\)/,
  ],
  'thrower.mjs': [
    "export default {\n  description: 'x',\n  create() { throw new Error('boo'); } };",
    /thrower\.mjs:3:\d+: create\(\) threw .*: boo/,
  ],
  'endless.mjs': [
    "export default { description: 'x', create() { for (;;); } };",
    /create\(\) did not return within/,
  ],
  'unit.mjs': [parameter("unit: 'seconds'"), /unit of parameters\[0\] is wrong/, /one of time, percent/],
  'field.mjs': [parameter("unit: 'time', field: 'slice'"), /ends in Ns/, /got "slice"/],
  'range.mjs': [parameter('min: 10'), /min up to max/, /got 10 to 9/],
  'default.mjs': [parameter('default: 10'), /one from 1 to 9/, /got 10/],
  'taken.mjs': [parameter("key: 'type'"), /that scenario files do not have themselves/],
  'other-unit.mjs': [
    changed("unit: 'time',", "unit: 'number',"),
    /the unit of slice is another one than that of/,
    /expected time/,
  ],
  'twice.mjs': [
    `export default { description: 'x', ${create}, vcpuReadings: [{ key: 'a', description: 'x' }, ` +
      "{ key: 'a', description: 'x' }] };",
    /two vcpuReadings have the same key/,
  ],
  'script.ts': ['export default {};', /script\.ts is TypeScript/, /compile it first/],
  'text.txt': ['', /no JavaScript module by its name/],
};

describe('a policy module', () => {
  const folder = folderOf({
    'mine.mjs': readFileSync(TEMPLATE, 'utf8'),
    ...Object.fromEntries(Object.entries(BAD).map(([name, [text]]) => [name, text])),
  });
  after(folder.remove);
  afterEach(forgetPolicies);

  it('is loaded from a folder where nothing is installed, and called as its file', async () => {
    const type = await loadPolicyType('./mine.mjs', folder.path);
    assert.equal(type.type, 'mine.mjs');
    assert.equal(knownPolicyType('mine.mjs'), type);
    assert.equal(moduleOf('mine.mjs'), new URL(`file://${folder.path}/mine.mjs`).href);
    assert.equal(await loadPolicyType(join(folder.path, 'mine.mjs')), type);
  });

  it('has what its author left out', async () => {
    const { parameters, vcpuReadings, reasons, counters } = await loadPolicyType('mine.mjs', folder.path);
    assert.equal(parameters[0].field, 'sliceNs');
    assert.equal(parameters[0].isTunable, true);
    assert.deepEqual(vcpuReadings[0], {
      ...{ key: 'turns', description: 'slices that it has begun' },
      ...{ unit: '', kind: 'level', idle: 0, initial: 0 },
    });
    assert.equal(reasons.length, 5);
    assert.deepEqual(counters, []);
  });

  it('is told from one with the same name', async () => {
    mkdirSync(join(folder.path, 'b'));
    writeFileSync(join(folder.path, 'b', 'mine.mjs'), changed('default: 10e6', 'default: 20e6'));
    const [one, other] = [
      await loadPolicyType('mine.mjs', folder.path),
      await loadPolicyType('b/mine.mjs', folder.path),
    ];
    assert.deepEqual([one.type, other.type], ['mine.mjs', 'b/mine.mjs']);
    assert.equal(typeOfFile(moduleOf('b/mine.mjs') ?? ''), 'b/mine.mjs');
    const vms = [
      { vcpus: [{ guest: { kind: 'hog' } as const }] },
      { vcpus: [{ guest: { kind: 'hog' } as const }] },
    ];
    const dispatches = [one, other].map(
      ({ type }) => simulate({ pcpuCount: 1, durationNs: 1e9, scheduler: { type }, vms }).vcpus[0].dispatches,
    );
    assert.deepEqual(dispatches, [50, 25]);
  });

  for (const [name, [, ...said]] of Object.entries(BAD)) {
    it(`is refused: ${name}`, async () => {
      const text = await refusal(name, folder.path);
      for (const pattern of said) assert.match(text, pattern);
      assert.match(text, new RegExp(name.replace('.', '\\.')));
    });
  }

  it('is refused where there is none', async () => {
    assert.match(
      await refusal('./min.mjs', folder.path),
      /there is no policy module .*\n.*\n.*did you mean '\.\/mine\.mjs'/,
    );
    assert.match(await refusal('./others', folder.path), /policy new \.\/others\.mjs' writes one/);
    assert.match(await refusal('./others.js', folder.path), /policy new \.\/others\.mjs' writes one/);
    assert.match(await refusal('.', folder.path), /is a directory/);
    assert.match(await refusal('file:/%zz.mjs', folder.path), /not the URL of a file/);
  });

  it('may not use the names of what scenarios and traces have themselves', () => {
    assert.deepEqual([...TAKEN_KEYS.parameters].sort(), [...RESERVED_KEYS.scheduler].sort());
    assert.deepEqual(new Set(TAKEN_KEYS.vmParameters), new Set(RESERVED_KEYS.vm));
    assert.deepEqual(new Set(TAKEN_READINGS), new Set(Object.values(FIELDS).flat()));
  });
});

async function refusal(path: string, baseDir: string): Promise<string> {
  try {
    await loadPolicyType(path, baseDir);
  } catch (error) {
    assert.ok(error instanceof LabError, String(error));
    assert.equal(error.code, 'BAD_POLICY');
    return error.describe();
  }
  throw new Error(`${path} was loaded`);
}
