import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { resultSchema } from '../../src/result/result.ts';
import { hasPage } from '../../src/serve/page-files.ts';
import { creditlab, inTemporaryDirectory } from '../cli/spawn.ts';
import { ask, raw, type Answer } from '../serve/http.ts';
import { cpus, needHardware, tell, whenQuiet } from './support.ts';

const SECONDS = 5;

interface Outcome {
  readonly sharesOfUsed: readonly number[];
  readonly complete: boolean;
  readonly lateness: string;
  readonly statuses: ReadonlyMap<number, number>;
}

interface Door {
  readonly where: { readonly host: string; readonly port: number };
  /** as a header, of all rights and of those who look on */
  readonly all: string;
  readonly read: string;
  readonly isOver: () => boolean;
}

/** A host on real cores with three equal VMs, while `disturb` goes on. */
async function hostDisturbed(disturb: (door: Door) => Promise<readonly Answer[]>): Promise<Outcome> {
  return inTemporaryDirectory(async (dir) => {
    const [cpu] = cpus.slice(-1);
    const vms = ['--vm', 'A', '--vm', 'B', '--vm', 'C', '--duration', `${SECONDS}s`];
    const args = ['up', '--pcpus', String(cpu), ...vms, '--serve', '0', '--json', 'o.json', '-q'];
    let stderr = '';
    let answers: Promise<readonly Answer[]> = Promise.resolve([]);
    let isOver = false;
    const ended = await creditlab(args, {
      cwd: dir,
      env: { XDG_RUNTIME_DIR: dir },
      started: (child) => child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString())),
      until: {
        text: 'look on: ',
        then: () => {
          const [all, read] = [/page: (\S+)/, /look on: (\S+)/].map(
            (pattern) => new URL(pattern.exec(stderr)?.[1] ?? ''),
          );
          const bearer = ({ hash }: URL): string => hash.replace('#token=', 'Bearer ');
          answers = disturb({
            where: { host: all.hostname, port: Number(all.port) },
            all: bearer(all),
            read: bearer(read),
            isOver: () => isOver,
          });
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
  this.timeout(180_000);
  before(function () {
    needHardware(this, 2);
    if (!hasPage()) {
      tell('skipped: the page is not built');
      this.skip();
    }
  });

  it('neither end the run nor change who gets what', async function () {
    const quiet = await hostDisturbed(() => Promise.resolve([]));
    const checkHostile = (hostile: Outcome): void => {
      tell(`the loop was late by ${quiet.lateness} without them, by ${hostile.lateness} with them`);
      check(hostile, [200, 400, 401, 403, 429]);
    };
    // A machine that is busy with something else can't be flooded.
    await whenQuiet(this, floodedByAnybody, checkHostile, availableParallelism);
  });

  it('of an audience neither hold up the lecturer nor change who gets what', async function () {
    await whenQuiet(this, floodedByAudience, checkLecturer, availableParallelism);
  });
});

/** Everything that is wrong with a request, and commands without end. */
function floodedByAnybody(): Promise<Outcome> {
  return hostDisturbed(async ({ where, all: authorization, isOver }) => {
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
    const answers = await flood(kinds, 4, isOver);
    for (const { socket } of slow) socket.destroy();
    return answers;
  });
}

interface Flooded extends Outcome {
  /** how long each command of the lecturer took, the shortest first */
  readonly takenMs: readonly number[];
}

/** The audience asks for everything as fast as it can, and takes streams that it doesn't read. */
async function floodedByAudience(): Promise<Flooded> {
  const takenMs: number[] = [];
  const outcome = await hostDisturbed(async ({ where, all, read, isOver }) => {
    const slow = Array.from({ length: 100 }, () =>
      raw(where, `GET /api/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${read}\r\n\r\n`),
    );
    for (const { socket } of slow) socket.pause();
    const paths = ['/api/state', '/api/scenario', '/api/schema', '/api/commands', '/api/stream'];
    const kinds = paths.map((path) => () => askBriefly(where, path, read));
    const answers = flood(kinds, 8, isOver);
    const headers = { 'content-type': 'application/json', authorization: all };
    while (!isOver()) {
      const fromMs = performance.now();
      const body = '{"command":"set","vm":"A","weight":256}';
      const { status } = await ask(where, '/api/commands', { method: 'POST', headers, body });
      assert.equal(status, 200);
      takenMs.push(performance.now() - fromMs);
      await pause(100);
    }
    for (const { socket } of slow) socket.destroy();
    return answers;
  });
  return { ...outcome, takenMs: takenMs.sort((a, b) => a - b) };
}

function checkLecturer({ takenMs, ...outcome }: Flooded, othersPercent: number): void {
  const [median, most] = [takenMs[takenMs.length >> 1], takenMs[takenMs.length - 1]];
  const others = `others took up to ${othersPercent.toFixed(1)} % of the CPUs`;
  tell(`the loop was late by ${outcome.lateness}; ${others}`);
  tell(`${takenMs.length} commands took ${median.toFixed(1)} ms, ${most.toFixed(1)} ms at most`);
  check(outcome, [200, 429]);
  assert.ok(median < 100, `${median.toFixed(1)} ms`);
}

/** Each of these over and over, by so many at once. */
async function flood(
  kinds: readonly (() => Promise<Answer>)[],
  count: number,
  isOver: () => boolean,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  await Promise.all(
    kinds.flatMap((kind) =>
      Array.from({ length: count }, async () => {
        // The host may close a connection instead of answering.
        while (!isOver())
          await kind().then(
            (answer) => answers.push(answer),
            () => undefined,
          );
      }),
    ),
  );
  return answers;
}

/** The stream has no end: its status is all that is wanted of it. */
function askBriefly(where: object, path: string, authorization: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ ...where, path, headers: { authorization }, agent: false }, (response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' });
      if (path === '/api/stream') response.destroy();
      else response.resume();
    })
      .on('error', reject)
      .end();
  });
}

function check({ complete, statuses, sharesOfUsed }: Outcome, expected: readonly number[]): void {
  tell(`answers: ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(', ')}`);
  assert.equal(complete, true);
  for (const status of expected) assert.ok(statuses.has(status), String(status));
  for (const share of sharesOfUsed) assert.ok(Math.abs(share - 100 / 3) < 2, sharesOfUsed.join());
}
