import assert from 'node:assert/strict';
import type { Terminal } from '../../src/xl/command.ts';
import { InventedHost, run, vm, vcpu } from './invented-host.ts';

const HEAD =
  '      NAME  STATE   CPU(sec) CPU(%)     MEM(k) MEM(%)  MAXMEM(k) MAXMEM(%) VCPUS NETS NETTX(k) NETRX(k) VBDS' +
  '   VBD_OO   VBD_RD   VBD_WR  VBD_RSECT  VBD_WSECT SSID';

/** A, whose CPU time grows by half a second in a second. */
function growing(): InventedHost {
  const host = new InventedHost();
  host.state_.vms = [vm(1, 'A', [vcpu('A/v0', { activity: 'running', cpuNs: 12.3e9 })])];
  let calls = 0;
  host.beforeState = () => {
    host.state_.nowNs += 1e9;
    if (++calls > 1) host.vm('A').cpuNs += 0.5e9;
  };
  return host;
}

describe('xl top -b', () => {
  it('has the columns of xentop, and says how much of a pCPU each domain had since the block before', async () => {
    const { code, out, err, slept } = await run('top -b -i 2 -d 1', growing());
    assert.deepEqual([code, err, slept], [0, '', [1000]]);
    const row = (cpu: string, percent: string): string =>
      `         A -----r ${cpu.padStart(10)} ${percent.padStart(6)}          0    0.0          0       0.0     1` +
      '    0        0        0    0        0        0        0          0          0    0';
    assert.equal(out, [HEAD, row('12', '66.7'), HEAD, row('13', '50.0'), ''].join('\n'));
  });

  it('waits three seconds by default, and takes parts of one', async () => {
    assert.deepEqual((await run('top -bi3', growing())).slept, [3000, 3000]);
    assert.deepEqual((await run('top --batch --iterations=2 --delay 0.5', growing())).slept, [500]);
  });

  it('cuts long names unless -f is given, repeats headers with -r, and has vCPUs with -v', async () => {
    const host = new InventedHost();
    host.vm('idler').name = 'a-very-long-name';
    const plain = (await run('top -b -i 1', host)).out.split('\n');
    assert.deepEqual(
      plain.slice(1, -1).map((line) => line.slice(0, 18)),
      ['         A -----r ', '       web -----r ', 'a-very-lon ------ '],
    );
    assert.match((await run('top -b -i 1 -f', host)).out, /^a-very-long-name ------ /m);
    const full = (await run('top -b -i 1 -rv', host)).out.split('\n');
    assert.equal(full.filter((line) => line === HEAD).length, 3);
    assert.equal(full[5], 'VCPUs(sec):   0:          3s   1:          1s');
  });

  it('ends when the host does', async () => {
    const host = growing();
    let calls = 0;
    host.beforeState = () => {
      if (++calls === 3) throw new Error('gone');
    };
    await assert.rejects(run('top -b', host), /gone/);
    assert.equal(calls, 3);
  });

  for (const [line, says] of [
    ['top -b -d 0', /--delay: not a number that this option takes\n {2}expected 0\.1 to 3600 s, got '0'/],
    ['top -b -d soon', /--delay: .*\n.*got 'soon'/],
    ['top -b -i 0', /--iterations: .*\n {2}expected a whole number from 1 on/],
    ['top -b -i 1.5', /--iterations: /],
    ['top', /^top: standard output is no terminal\n {2}hint: xl top -b\n/],
  ] as const)
    it(`refuses: ${line}`, async () => {
      const { code, out, err } = await run(line);
      assert.deepEqual([code, out], [1, '']);
      assert.match(err, says);
    });
});

describe('xl top on a terminal', () => {
  class InventedTerminal implements Terminal {
    readonly columns = 100;
    rows = 24;
    isListening = false;
    press: (key: string) => void = () => undefined;

    listen(pressed: (key: string) => void): () => void {
      this.isListening = true;
      this.press = pressed;
      return () => (this.isListening = false);
    }
  }

  /** What was on the screen each time it was drawn. */
  const screens = (out: string): string[] =>
    out
      .split('\x1b[H')
      .slice(1)
      .map((text) => text.slice(0, text.indexOf('\x1b[J')).replaceAll('\x1b[K', '').replaceAll('\r', ''));

  it('has what the scheduler goes by, until q is pressed, and leaves the terminal as it was', async () => {
    const terminal = new InventedTerminal();
    const { code, out } = await run('top -d 1', new InventedHost(), {
      terminal,
      onSleep: () => terminal.press('q'),
    });
    assert.equal(code, 0);
    assert.ok(out.startsWith('\x1b[?1049h\x1b[?25l'));
    assert.ok(out.endsWith('\x1b[?25h\x1b[?1049l'));
    assert.ok(!terminal.isListening);
    assert.deepEqual(screens(out), [
      `xl top - 12.0 s   host lab (simulated), scheduler credit
3 domains: 2 running, 0 blocked, 0 paused, 0 crashed, 0 dying, 0 shutdown
CPUs: 2 100 %, 3 100 %, 5 100 % busy
      NAME  STATE   CPU(sec) CPU(%) ENTITLED(%) VCPUS WEIGHT    CAP     WORKLOAD
         A -----r         12   66.7        66.7     1    256      0       primes
       web -----r          4   33.3        66.7     2    512    150       primes
     idler ------          0   66.7        66.7     1    256      5       primes
v vCPUs   s sort order (ID)   q quit`,
    ]);
  });

  it('is sorted in another way with s, and has vCPUs with v, at once', async () => {
    const terminal = new InventedTerminal();
    const keys = ['s', 's', 'v', '\x1b'];
    const onSleep = () => {
      for (const key of keys) terminal.press(key);
    };
    const { out } = await run('top', new InventedHost(), { terminal, onSleep });
    const [, byName, byPercent, withVcpus, ...more] = screens(out);
    assert.match(byName, /sort order \(name\)/);
    assert.match(byPercent, / A .*\n.* idler .*\n.* web .*\n.*sort order \(CPU\(%\)\)/);
    assert.equal(withVcpus.match(/VCPUs\(sec\):/g)?.length, 3);
    assert.deepEqual(more, []);
  });

  it('fits into a small window, with the keys in its last line', async () => {
    const terminal = Object.assign(new InventedTerminal(), { columns: 20, rows: 5 });
    const { out } = await run('top -i 1', new InventedHost(), { terminal });
    const [screen] = screens(out).map((text) => text.split('\n'));
    assert.equal(screen.length, 5);
    assert.ok(screen.every((line) => line.length <= 20));
    assert.equal(screen[4], 'v vCPUs   s sort ord');
  });

  it('leaves the terminal as it was when the host is gone', async () => {
    const terminal = new InventedTerminal();
    const host = new InventedHost();
    let calls = 0;
    host.beforeState = () => {
      if (++calls === 2) throw new Error('gone');
    };
    await assert.rejects(run('top', host, { terminal }), /gone/);
    assert.ok(!terminal.isListening);
  });
});
