import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultSchema } from '../../src/result/result.ts';
import { hasPage } from '../../src/serve/page-files.ts';
import { creditlab, inTemporaryDirectory } from '../cli/spawn.ts';
import { ask, raw, type Answer } from '../serve/http.ts';
import { cpus, needHardware, tell } from './support.ts';

const SECONDS = 5;

interface Outcome {
  readonly sharesOfUsed: readonly number[];
  readonly complete: boolean;
  readonly lateness: string;
  readonly statuses: ReadonlyMap<number, number>;
}

/**
 * A host on real cores with three equal VMs, while `disturb` goes on.
 *
 * @param disturb is given the port and the token of all rights
 */
async function hostDisturbed(
  disturb: (where: { host: string; port: number }, token: string, isOver: () => boolean) => Promise<Answer[]>,
): Promise<Outcome> {
  return inTemporaryDirectory(async (dir) => {
    const [cpu] = cpus.slice(-1);
    const vms = ['--vm', 'A', '--vm', 'B', '--vm', 'C', '--duration', `${SECONDS}s`];
    const args = ['up', '--pcpus', String(cpu), ...vms, '--serve', '0', '--json', 'o.json', '-q'];
    let stderr = '';
    let answers: Promise<Answer[]> = Promise.resolve([]);
    let isOver = false;
    const ended = await creditlab(args, {
      cwd: dir,
      env: { XDG_RUNTIME_DIR: dir },
      started: (child) => child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString())),
      until: {
        text: 'look on: ',
        then: () => {
          const link = new URL(/page: (\S+)/.exec(stderr)?.[1] ?? '');
          const where = { host: link.hostname, port: Number(link.port) };
          answers = disturb(where, link.hash.replace('#token=', ''), () => isOver);
          setTimeout(() => (isOver = true), 1000 * (SECONDS - 1));
        },
      },
    });
    isOver = true;
    const statuses = new Map<number, number>();
    for (const { status } of await answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    assert.equal(ended.code, 0, ended.stderr);
    const { runs } = resultSchema.parse(JSON.parse(readFileSync(join(dir, 'o.json'), 'utf8')));
    const [{ vms: results, complete, loop }] = runs;
    const usedNs = results.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
    const { p50, p99, max } = loop.tickLatenessNs;
    return {
      sharesOfUsed: results.map(({ cpuNs }) => (100 * cpuNs) / usedNs),
      complete,
      lateness: `p50 ${us(p50)}, p99 ${us(p99)}, most ${us(max)}`,
      statuses,
    };
  });
}

const us = (ns: number | null): string => `${Math.round((ns ?? NaN) / 1000)} µs`;

describe('hostile requests to a host on real cores', function () {
  this.timeout(120_000);
  before(function () {
    needHardware(this, 2);
    if (!hasPage()) {
      tell('skipped: the page is not built');
      this.skip();
    }
  });

  it('neither end the run nor change who gets what', async () => {
    const quiet = await hostDisturbed(() => Promise.resolve([]));
    const hostile = await hostDisturbed(async (where, token, isOver) => {
      const authorization = `Bearer ${token}`;
      const json = { 'content-type': 'application/json', authorization };
      const post = (body: string) => ask(where, '/api/commands', { method: 'POST', headers: json, body });
      const kinds: readonly (() => Promise<Answer>)[] = [
        () => ask(where, '/api/state'),
        () => ask(where, '/api/state', { headers: { authorization: 'Bearer wrong' } }),
        () => ask(where, '/api/state', { headers: { authorization, origin: 'http://evil.example' } }),
        () => ask(where, '/api/state', { headers: { authorization, host: 'evil.example' } }),
        () => post('['.repeat(60_000)),
        () => post('{'),
        () => post('{"command":"mark","text":"x"}'),
      ];
      const slow = Array.from({ length: 1000 }, () =>
        raw(where, `GET /api/stream HTTP/1.1\r\nHost: localhost\r\n`),
      );
      const answers: Answer[] = [];
      await Promise.all(
        kinds.flatMap((kind) =>
          Array.from({ length: 4 }, async () => {
            // The host may close a connection instead of answering.
            while (!isOver())
              await kind().then(
                (answer) => answers.push(answer),
                () => undefined,
              );
          }),
        ),
      );
      for (const { socket } of slow) socket.destroy();
      return answers;
    });
    tell(`the loop was late by ${quiet.lateness} without them, by ${hostile.lateness} with them`);
    const counts = [...hostile.statuses].map(([status, count]) => `${count} × ${status}`);
    tell(`answers: ${counts.join(', ')}`);
    assert.equal(hostile.complete, true);
    for (const status of [200, 400, 401, 403, 429]) assert.ok(hostile.statuses.has(status), String(status));
    for (const share of hostile.sharesOfUsed)
      assert.ok(Math.abs(share - 100 / 3) < 2, hostile.sharesOfUsed.join());
  });
});
