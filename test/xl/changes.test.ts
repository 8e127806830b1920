import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inTemporaryDirectory } from '../cli/spawn.ts';
import { InventedHost, run } from './invented-host.ts';

describe('xl tells the host', () => {
  for (const [line, command] of [
    ['pause A', { command: 'pause', vm: 'A' }],
    ['unpause 2', { command: 'unpause', vm: 'web' }],
    ['destroy idler', { command: 'destroy', vm: 'idler' }],
    ['vcpu-pin A 0 3', { command: 'pin', vm: 'A', vcpu: 0, pin: [3] }],
    ['vcpu-pin web all 2-3', { command: 'pin', vm: 'web', pin: [2, 3] }],
    ['vcpu-pin web 1 all', { command: 'pin', vm: 'web', vcpu: 1, pin: 'all' }],
    ['vcpu-pin web 1 all,^5 -', { command: 'pin', vm: 'web', vcpu: 1, pin: [2, 3] }],
    ['vcpu-pin web 1 5 all', { command: 'pin', vm: 'web', vcpu: 1, pin: [5] }],
    [
      'create name=C weight=512 workload=matmul',
      { command: 'create', vm: { name: 'C', weight: 512, workload: 'matmul' } },
    ],
    ['create name=C pin=2,3 start=1s', { command: 'create', vm: { name: 'C', pin: [2, 3], start: '1s' } }],
    ['create --vm C:weight=512,vcpus=2', { command: 'create', vm: { name: 'C', weight: 512, vcpus: 2 } }],
    ['create --vm C:weight=512 weight=128', { command: 'create', vm: { name: 'C', weight: 128 } }],
  ] as const)
    it(line, async () => {
      const host = new InventedHost();
      assert.deepEqual(await run(line, host), { code: 0, out: '', err: '', slept: [] });
      assert.deepEqual(host.commands, [command]);
    });

  it('to pause what it has just created, with -p', async () => {
    const host = new InventedHost();
    assert.equal((await run('create -p name=C', host)).code, 0);
    assert.deepEqual(host.commands, [
      { command: 'create', vm: { name: 'C' } },
      { command: 'pause', vm: 'C' },
    ]);
  });

  it('nothing for an affinity that stays', async () => {
    const host = new InventedHost();
    assert.equal((await run('vcpu-pin A 0 - -', host)).code, 0);
    assert.deepEqual(host.commands, []);
  });
});

describe('xl create', () => {
  const inFile = (
    text: string,
    line: string,
    check: (host: InventedHost, dir: string, outcome: Awaited<ReturnType<typeof run>>) => void,
  ) =>
    inTemporaryDirectory(async (directory) => {
      writeFileSync(join(directory, 'c.yaml'), text);
      writeFileSync(join(directory, 'mine.mjs'), '');
      const host = new InventedHost();
      check(host, directory, await run(line, host, { directory }));
    });

  it('reads a VM from a file, and takes what stands beside it instead', () =>
    inFile('name: C\nweight: 512\ncap: 50\n', 'create c.yaml cap=25', (host, _, { code, out, err }) => {
      assert.deepEqual([code, out, err], [0, 'Parsing config from c.yaml\n', '']);
      assert.deepEqual(host.last, { command: 'create', vm: { name: 'C', weight: 512, cap: 25 } });
    }));

  it('says nothing with -q, and takes the file with -f, too', () =>
    inFile('{ name: C }', 'create -q -f c.yaml', (host, _, { code, out }) => {
      assert.deepEqual([code, out], [0, '']);
      assert.deepEqual(host.last, { command: 'create', vm: { name: 'C' } });
    }));

  it("tells the host where the file's workload is: the host has another directory", () =>
    inFile('{ name: C, workload: ./mine.mjs }', 'create -q c.yaml', (host, dir, { err }) => {
      const workload = pathToFileURL(join(dir, 'mine.mjs')).href;
      assert.deepEqual(host.last, { command: 'create', vm: { name: 'C', workload } }, err);
    }));

  for (const [text, says] of [
    [
      'name = "C"\n',
      /^c\.yaml: this is no VM\n(.*\n)* {2}hint: configuration files of Xen's are of another kind/,
    ],
    [
      'vms: [{ name: C }]',
      /^c\.yaml: this is a whole scenario, not one VM\n(.*\n)* {2}hint: 'creditlab up c\.yaml'/,
    ],
    [
      '{ name: C, cpu_weight: 512 }',
      /^c\.yaml: 'cpu_weight' is Xen's, and not here\n {2}hint: weight is the key\n/,
    ],
    ['{ weight: 512 }', /name is missing/],
    ['{ name: C', /c\.yaml:\d+:\d+: not valid YAML/],
  ] as const)
    it(`refuses a file with: ${text.trim()}`, () =>
      inFile(text, 'create -q c.yaml', (_, __, { code, out, err }) => {
        assert.deepEqual([code, out], [1, '']);
        assert.match(err, says);
      }));

  for (const [line, says] of [
    ['create', /^create: there is nothing to create\n/],
    ['create gone.yaml', /gone\.yaml: there is no such file/],
    ['create a.yaml b.yaml', /one domain is created at a time/],
    ['create a.yaml --vm C', /a VM comes from a file or from --vm, not both/],
    ['create name=C name=D', /'name' is given twice/],
    ['create name=C memory=1024', /'memory' is Xen's, and not here\n {2}hint: nothing hands out memory/],
    ['create name=C pin=two', /not a list of CPUs/],
    ['create --vm C:wait=1', /unknown key 'wait'/],
    ['create name=C workload=./gone.mjs', /no workload module at .*gone\.mjs/],
  ] as const)
    it(`refuses: ${line}`, async () => {
      const host = new InventedHost();
      const { code, err } = await run(line, host);
      assert.equal(code, 1);
      assert.match(err, says);
      assert.deepEqual(host.commands, []);
    });
});

describe('xl refuses', () => {
  for (const [line, says] of [
    ['vcpu-pin A 1 3', /^vcpu-pin: A has no VCPU 1\n {2}expected 0\n$/],
    ['vcpu-pin web 2 3', /^vcpu-pin: web has no VCPU 2\n {2}expected 0 to 1\n$/],
    ['vcpu-pin A first 3', /^Error: Invalid argument first as VCPU\.\n$/],
    ['vcpu-pin A 0 3,3', /CPU 3 is named twice/],
    ['vcpu-pin A 0 0', /CPU 0 is none of this host's\n {2}expected 2-3,5/],
    ['vcpu-pin A 0 - 3', /^vcpu-pin: soft affinity is Xen's, and not here/],
    ['vcpu-pin -f A 0 3', /-f, --force is Xen's, and not here/],
    ['pause X', /^X is an invalid domain identifier \(rc=-6\)\n/],
    ['top -n', /^top: -n, --networks is Xen's, and not here: VMs have no devices\n/],
  ] as const)
    it(line, async () => {
      const host = new InventedHost();
      const { code, out, err } = await run(line, host);
      assert.deepEqual([code, out], [1, '']);
      assert.match(err, says);
      assert.deepEqual(host.commands, []);
    });
});
