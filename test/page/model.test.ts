import assert from 'node:assert/strict';
import type { HostState, StreamMessage } from '../../src/control/state.ts';
import { Api } from '../../src/page/model/api.ts';
import { Model } from '../../src/page/model/model.ts';
import { InventedHost } from './invented-host.ts';

const clock = { nowMs: () => 0, after: () => () => undefined };

describe('what the page knows of the host', () => {
  let host: InventedHost;
  let model: Model;
  let commands: unknown[];
  let isGone: boolean;

  beforeEach(async () => {
    host = new InventedHost({ pcpus: [4, 5], vms: [{ name: 'A' }, { name: 'B', vcpus: 2 }] });
    commands = [];
    isGone = false;
    const api = new Api({ base: 'http://localhost/', token: 'x' }, async (url, { body }) => {
      if (isGone) throw new TypeError('failed to fetch');
      if (url.endsWith('/api/scenario')) return new Response('vms: []\n');
      const command: unknown = JSON.parse(typeof body === 'string' ? body : '');
      commands.push(command);
      return Response.json(await host.command(command, 'page'));
    });
    model = new Model(api, clock);
    await connect(host);
  });

  async function connect(to: InventedHost): Promise<void> {
    model.message({ kind: 'state', state: await to.state() });
    to.listen((message: StreamMessage) => {
      model.message(message);
    });
  }

  const state = (): HostState => model.state.value ?? assert.fail('no state');

  it('follows it: slices, shares, and vCPUs by their numbers', () => {
    host.advance(2e9);
    assert.equal(model.slices.untilNs, 2e9);
    assert.equal(model.shares.count, 1);
    assert.deepEqual(model.vcpus.get(0), { id: 'A/v0', name: 'A', color: 0, index: 0 });
    assert.deepEqual(model.vcpus.get(2), { id: 'B/v1', name: 'B/v1', color: 1, index: 1 });
    assert.ok(model.slices.at(0, 1e9) !== null);
  });

  it('has a change once, though it is told by itself and in the state', async () => {
    await host.command({ command: 'mark', text: 'x' }, 'http');
    await host.command({ command: 'mark', text: 'y' }, 'http');
    assert.deepEqual(
      model.changes.value.map(({ number }) => number),
      [1, 2],
    );
    assert.deepEqual(
      model.lines.value.map(({ text }) => text),
      ['mark: y', 'mark: x'],
    );
  });

  it('has the step response beside its change, and forgets it with the change', async () => {
    await host.command({ command: 'set', vm: 'A', weight: 512 }, 'http');
    for (let i = 0; i < 20; i++) host.advance(1e8);
    assert.equal(model.responses.value.get(1)?.[0].vm, 'A');
    for (let i = 0; i < 150; i++) await host.command({ command: 'mark', text: 'x' }, 'http');
    assert.equal(model.changes.value.length, 100);
    assert.equal(model.responses.value.size, 0);
    assert.equal(model.lines.value.length, 100);
  });

  it('keeps the wish of a control as long as its VM is there', async () => {
    const make = (weight: number): Record<string, unknown> => ({ command: 'set', vm: 'A', weight });
    const wish = model.wish<number>('vm1/weight', make);
    assert.equal(model.wish<number>('vm1/weight', make), wish);
    model.wish<number>('host/tslice', make);
    wish.set(300);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(commands, [{ command: 'set', vm: 'A', weight: 300 }]);
    assert.equal(state().vms[0].parameters.weight, 300);
    await host.command({ command: 'destroy', vm: 'A' }, 'http');
    assert.equal(model.wishCount, 1);
  });

  it('gives commands only while it is connected, by a link that may, to a host that runs', async () => {
    assert.equal(model.canCommand.value, false);
    model.connection({ kind: 'live', rights: 'read' });
    assert.deepEqual([model.canCommand.value, model.isReader.value], [false, true]);
    model.connection({ kind: 'live', rights: 'all' });
    assert.deepEqual([model.canCommand.value, model.isReader.value], [true, false]);
    model.connection({ kind: 'lost', tries: 1 });
    assert.deepEqual([model.canCommand.value, model.isReader.value], [false, false]);
    model.connection({ kind: 'live', rights: 'all' });
    await host.command({ command: 'stop' }, 'http');
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(model.canCommand.value, false);
  });

  it('keeps what was played when the host ends, for as long as it is shown', async () => {
    model.connection({ kind: 'live', rights: 'all' });
    assert.equal(model.canSave.value, true);
    await host.command({ command: 'stop' }, 'http');
    await new Promise((resolve) => setImmediate(resolve));
    model.connection({ kind: 'ended' });
    assert.equal(model.canSave.value, true);
    isGone = true;
    assert.equal(await model.scenario(), 'vms: []\n');
  });

  it('offers to save nothing where the host is gone before it could say what was played', async () => {
    model.connection({ kind: 'live', rights: 'all' });
    isGone = true;
    await host.command({ command: 'stop' }, 'http');
    await new Promise((resolve) => setImmediate(resolve));
    model.connection({ kind: 'ended' });
    assert.equal(model.canSave.value, false);
  });

  it('gives a VM that lives on with another workload the colour that it had', () => {
    const [a, b] = state().vms;
    assert.deepEqual(
      [a, b, { ...a, id: 3, name: 'A.2' }].map((vm) => model.colorOf(vm)),
      [0, 1, 0],
    );
  });

  it('begins anew with a host that was started anew, even one that has been up for longer', async () => {
    host.advance(6e9);
    await host.command({ command: 'mark', text: 'x' }, 'http');
    const other = new InventedHost({ pcpus: [4, 5], vms: [{ name: 'C' }] });
    other.advance(60e9);
    model.another();
    await connect(other);
    other.advance(1e8);
    assert.equal(model.slices.startNs, 60e9);
    assert.equal(model.shares.count, 1);
    assert.deepEqual(model.lines.value, []);
    assert.deepEqual(model.changes.value, []);
    assert.deepEqual(
      [...model.vcpus.values()].map(({ id }) => id),
      ['C/v0'],
    );
  });
});
