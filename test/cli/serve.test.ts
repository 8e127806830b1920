import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostState } from '../../src/control/state.ts';
import { hasPage } from '../../src/serve/page-files.ts';
import { ask } from '../serve/http.ts';
import { creditlab, inTemporaryDirectory, type Ended } from './spawn.ts';

/** Simulate something to files, serve one of them, and use the links. */
async function served<T>(
  file: string,
  use: (links: readonly URL[]) => Promise<T>,
): Promise<{ readonly used: T; readonly ended: Ended }> {
  return inTemporaryDirectory(async (dir) => {
    const scenario = ['sim', '--pcpus', '0', '--duration', '1s', '--vm', 'A', '--vm', 'B'];
    await creditlab([...scenario, '--json', 'o.json', '--trace', 't.gz', '-q'], { cwd: dir });
    return new Promise((resolve, reject) => {
      const ended: Promise<Ended> = creditlab(['serve', file, '--port', '0'], {
        cwd: dir,
        until: {
          text: 'look on: ',
          then: (child) => {
            const links = [...text.matchAll(/http:\S+/g)].map(([link]) => new URL(link));
            isUp = true;
            use(links).then((used) => {
              child.kill('SIGINT');
              ended.then((end) => {
                resolve({ used, ended: end });
              }, reject);
            }, reject);
          },
        },
        started: (child) => child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString())),
      });
      let text = '';
      let isUp = false;
      ended.then(({ stderr }) => {
        if (!isUp) reject(new Error(`it never was up: ${stderr}`));
      }, reject);
    });
  });
}

async function stateAt(link: URL): Promise<HostState> {
  const headers = { authorization: `Bearer ${link.hash.replace('#token=', '')}` };
  const { status, body } = await ask({ host: link.hostname, port: Number(link.port) }, '/api/state', {
    headers,
  });
  assert.equal(status, 200, body);
  return JSON.parse(body) as HostState;
}

describe('creditlab serve', function () {
  this.timeout(30_000);
  before(function () {
    if (!hasPage()) this.skip();
  });

  for (const file of ['t.gz', 'o.json']) {
    it(`shows ${file} until Ctrl-C`, async () => {
      const { used, ended } = await served(file, async (links) => Promise.all(links.map(stateAt)));
      assert.equal(used.length, 2);
      for (const { phase, vms } of used) {
        assert.equal(phase, 'ended');
        assert.deepEqual(
          vms.map(({ name }) => name),
          ['A', 'B'],
        );
      }
      assert.equal(ended.code, 130);
      // Nothing of the token is said twice, or to standard output.
      assert.equal(ended.stdout, '');
    });
  }

  it('says what is wrong with a file', () =>
    inTemporaryDirectory(async (dir) => {
      writeFileSync(join(dir, 'bad.json'), '{"format": 3}');
      writeFileSync(join(dir, 'cut.json'), '{');
      for (const [file, says] of [
        ['bad.json', /this result is malformed/],
        ['cut.json', /cut\.json:1:2.*not well-formed JSON/],
        ['missing.json', /no such file/],
        ['missing', /no such file/],
      ] as const) {
        const { code, stderr } = await creditlab(['serve', file, '--port', '0'], { cwd: dir });
        assert.equal(code, 2, stderr);
        assert.match(stderr, says);
      }
    }));
});
