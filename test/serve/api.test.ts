import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { Api, type Asked } from '../../src/serve/api.ts';
import { MOST_COMMANDS_WAITING, MOST_JSON_DEPTH } from '../../src/serve/limits.ts';
import { failed } from '../../src/serve/reply.ts';
import { errorSchema, changeSchema, hostStateSchema } from '../../src/serve/state-schema.ts';
import { InventedHost, servedOf } from './invented-host.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function open(scenario?: () => string): {
  readonly host: InventedHost;
  readonly said: string[];
  readonly api: Api;
  ask(this: void, asked: Partial<Asked>): Promise<Answer>;
} {
  const host = new InventedHost();
  const api = new Api();
  const said: string[] = [];
  api.attach(servedOf(host, scenario));
  const ask = async (asked: Partial<Asked>): Promise<Answer> => {
    const reply = await api
      .answer({ ...QUESTION, ...asked })
      .catch((error: unknown) => failed(error, (line) => said.push(line)));
    return { ...reply, body: Buffer.from(reply.body).toString() };
  };
  return { host, said, api, ask };
}

const QUESTION: Asked = {
  method: 'GET',
  path: '/api/state',
  rights: 'all',
  isLocal: true,
  contentType: 'application/json',
  door: '',
  body: () => Promise.resolve(Buffer.from('')),
};
/** Those who only look on, and those who turn the knobs from another machine. */
const AUDIENCE = { rights: 'read', isLocal: false } as const;
const LECTURER = { rights: 'all', isLocal: false } as const;
/** Those on the machine itself. */
const SOCKET = { rights: 'all', isLocal: true } as const;

const post = (body: string | Uint8Array, more: Partial<Asked> = {}): Partial<Asked> => ({
  method: 'POST',
  path: '/api/commands',
  body: () => Promise.resolve(Buffer.from(body)),
  ...more,
});

const errorIn = ({ body }: Answer) => errorSchema.parse(JSON.parse(body)).error;

describe('the HTTP interface', () => {
  it('tells the state', async () => {
    const { status, headers, body } = await open().ask({});
    assert.equal(status, 200);
    assert.match(headers['content-type'], /^application\/json/);
    assert.equal(hostStateSchema.parse(JSON.parse(body)).name, 'lab');
  });

  it('carries out a command and answers with the change', async () => {
    const { host, ask } = open();
    const { status, body } = await ask(post('{"command":"set","vm":"A","weight":512}'));
    assert.equal(status, 200);
    assert.equal(changeSchema.parse(JSON.parse(body)).number, 1);
    assert.deepEqual(host.taken, [{ command: { command: 'set', vm: 'A', weight: 512 }, door: 'http' }]);
  });

  it('lists the commands, and says what this client may do', async () => {
    const { body } = await open().ask({ path: '/api/commands', rights: 'read' });
    const { rights, commands } = JSON.parse(body) as { rights: string; commands: { name: string }[] };
    assert.equal(rights, 'read');
    assert.deepEqual(
      commands.map(({ name }) => name),
      ['create', 'set', 'stop'],
    );
  });

  it('gives what was played as YAML', async () => {
    const { headers, body } = await open().ask({ path: '/api/scenario' });
    assert.equal(headers['content-type'], 'text/yaml; charset=utf-8');
    assert.equal(body, 'vms:\n  - name: A\n');
  });

  it('gives the schemas of all of it', async () => {
    const { body } = await open().ask({ path: '/api/schema' });
    assert.deepEqual(Object.keys(JSON.parse(body) as object), [
      'version',
      'state',
      'stream',
      'change',
      'error',
      'commands',
    ]);
  });

  it('passes on what the host says of a command that it refuses, with 422', async () => {
    const answer = await open().ask(post('{"command":"sat"}'));
    assert.equal(answer.status, 422);
    assert.deepEqual(errorIn(answer), {
      code: 'BAD_OPTION',
      message: 'there is no such command',
      where: 'command',
      expected: 'set, stop',
      got: 'sat',
      hint: "did you mean 'set'?",
    });
  });

  it('keeps to itself what nobody expected, and tells the host', async () => {
    const { host, said, ask } = open();
    host.state = () => Promise.reject(new Error('a secret'));
    const answer = await ask({});
    assert.equal(answer.status, 500);
    assert.doesNotMatch(answer.body, /secret/);
    assert.match(said.join(), /a secret/);
  });

  it('lets its own clients and the page say so, and nobody else', async () => {
    const { host, ask } = open();
    const doors: [string, boolean][] = [
      ['command', true],
      ['page', false],
      ['command', false],
      ['library', true],
    ];
    for (const [door, isLocal] of doors) await ask(post('{"command":"set"}', { door, isLocal }));
    assert.deepEqual(
      host.taken.map(({ door }) => door),
      ['command', 'page', 'http', 'http'],
    );
  });

  it('tells everybody to come back while there is no host yet', async () => {
    const api = new Api();
    await assert.rejects(
      () => api.answer({ ...QUESTION, body: () => Promise.reject(new Error('nobody asks for it')) }),
      { message: 'the host is starting', status: 503 },
    );
  });
});

describe('the HTTP interface refuses', () => {
  const cases: readonly (readonly [what: string, asked: Partial<Asked>, status: number, says: RegExp])[] = [
    ['a path that there is not', { path: '/api/stat' }, 404, /did you mean '\/api\/state'/],
    ['a path of every object', { path: 'constructor' }, 404, /nothing here/],
    ['a method that a path does not take', { method: 'DELETE' }, 405, /takes no DELETE/],
    [
      'a question by a browser whether it might',
      { method: 'OPTIONS', path: '/api/commands' },
      405,
      /takes no/,
    ],
    ['commands of a reader', post('{"command":"stop"}', { rights: 'read' }), 403, /for reading/],
    ['a form', post('{}', { isLocal: false, contentType: 'text/plain' }), 415, /commands are JSON/],
    ['what is no JSON, with the place', post('{"command": set}'), 400, /body:1:13/],
    ['what is cut off', post('{"command":'), 400, /the end of the file/],
    ['what is no text', post(Uint8Array.of(0x22, 0xff, 0x22)), 400, /not UTF-8/],
    ['a list', post('[1]'), 400, /got.*a list/],
    ['nothing', post('null'), 400, /no command/],
    ['depth', post('['.repeat(60_000)), 400, /nested too deeply/],
    [
      'depth behind a string with brackets and quotes',
      post(`{"a":"\\"]]]]]]]]]]]]]]]]","b":${'['.repeat(MOST_JSON_DEPTH)}`),
      400,
      /nested too deeply/,
    ],
    [
      'a module from elsewhere',
      post('{"command":"workload","vm":"A","workload":"/tmp/evil.mjs"}', { isLocal: false }),
      403,
      /only built-in/,
    ],
    [
      'a module in a VM from elsewhere',
      post('{"command":"create","vm":{"name":"A","workload":"evil"}}', { isLocal: false }),
      403,
      /only built-in/,
    ],
    [
      'a policy module from elsewhere',
      post('{"command":"rerun","scheduler":{"type":"/tmp/evil.mjs"}}', { isLocal: false }),
      403,
      /only schedulers that the host has/,
    ],
    ['the end of the host, to other machines', { path: '/api/end', isLocal: false }, 404, /nothing here/],
  ];
  for (const [what, asked, status, says] of cases)
    it(what, async () => {
      const { host, ask } = open();
      const answer = await ask(asked);
      assert.equal(answer.status, status, answer.body);
      assert.match(answer.body, says);
      errorIn(answer);
      assert.deepEqual(host.taken, []);
    });

  it('a flood of commands, and takes those that come through the Unix socket all the same', async () => {
    const { host, ask } = open();
    const flood = Array.from({ length: 900 }, () => ask(post('{"command":"set"}', { isLocal: false })));
    const answers = await Promise.all(flood);
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length > 600, String(refused.length));
    assert.equal(refused[0].headers['retry-after'], '1');
    assert.equal(host.taken.length, answers.length - refused.length);
    assert.equal((await ask(post('{"command":"set"}'))).status, 200);
  });

  it('more commands than may wait for a host that carries none out', async () => {
    const { host, ask } = open();
    host.command = () => new Promise(() => undefined);
    for (let i = 0; i < MOST_COMMANDS_WAITING.quick; i++) void ask(post('{"command":"set"}'));
    await setImmediate();
    assert.equal((await ask(post('{"command":"set"}'))).status, 429);
  });

  it('more VMs than may wait to be made ready, and takes what changes the others all the same', async () => {
    const { host, ask } = open();
    const carryOut = host.command.bind(host);
    host.command = (command, door) =>
      (command as { command: string }).command === 'create'
        ? new Promise(() => undefined)
        : carryOut(command, door);
    for (let i = 0; i < MOST_COMMANDS_WAITING.slow; i++) void ask(post('{"command":"create"}'));
    await setImmediate();
    assert.equal((await ask(post('{"command":"create"}'))).status, 429);
    assert.equal((await ask(post('{"command":"set"}'))).status, 200);
  });

  for (const [who, asker] of [
    ['the audience', AUDIENCE],
    ['the lecturer', LECTURER],
    ['the socket', SOCKET],
  ] as const)
    it(`more requests than anybody makes of ${who}, and takes those of the others all the same`, async () => {
      const { ask } = open();
      const flood = Array.from({ length: 3000 }, () => ask({ path: '/api/commands', ...asker }));
      const refused = (await Promise.all(flood)).filter(({ status }) => status === 429);
      assert.ok(refused.length > 1000, String(refused.length));
      const set = '{"command":"set"}';
      const others = [AUDIENCE, LECTURER, SOCKET].filter((other) => other !== asker);
      for (const asked of [...others, post(set, LECTURER), post(set)]) {
        const answers = await Promise.all(Array.from({ length: 50 }, () => ask(asked)));
        assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]), JSON.stringify(asked));
      }
    });

  it('never to end the host', async () => {
    const { host, ask } = open();
    const carryOut = host.command.bind(host);
    host.command = () => new Promise(() => undefined);
    const flood = Array.from({ length: 3000 }, () => post('{"command":"set"}', LECTURER));
    for (const asked of [...flood, ...flood.map(() => LECTURER)]) void ask(asked);
    await setImmediate();
    assert.equal((await ask(post('{"command":"set"}', LECTURER))).status, 429);
    host.command = carryOut;
    assert.equal((await ask(post('{"command":"stop"}', LECTURER))).status, 200);
  });
});

describe('an audience that asks without end', () => {
  it('costs the host a state and a scenario now and then, and the rest once', async () => {
    let written = 0;
    const { host, api, ask } = open(() => String(++written));
    const paths = ['/api/state', '/api/scenario', '/api/schema', '/api/commands'];
    for (let i = 0; i < 50; i++) for (const path of paths) await ask({ path, ...AUDIENCE });
    assert.ok(host.stateCalls <= 5, String(host.stateCalls));
    assert.equal(written, 1);
    for (const path of paths.slice(2)) {
      const [one, other] = [0, 1].map(() => api.answer({ ...QUESTION, path, ...AUDIENCE }));
      assert.equal(await one, await other, `${path} is made anew`);
    }
  });

  it('is told of a change as soon as it is made, and so is everybody else', async () => {
    const { ask } = open();
    const weights = async (asker: Partial<Asked>): Promise<unknown> =>
      hostStateSchema.parse(JSON.parse((await ask(asker)).body)).changes.map(({ values }) => values.weight);
    for (const asker of [AUDIENCE, LECTURER, SOCKET]) assert.deepEqual(await weights(asker), []);
    await ask(post('{"command":"set","vm":"A","weight":512}', LECTURER));
    for (const asker of [AUDIENCE, LECTURER, SOCKET]) assert.deepEqual(await weights(asker), [512]);
  });

  it('hides nothing that was played from whoever saves it', async () => {
    let written = 0;
    const { ask } = open(() => String(++written));
    for (const [asker, text] of [
      [AUDIENCE, '1'],
      [LECTURER, '2'],
      [SOCKET, '3'],
      [AUDIENCE, '3'],
    ] as const)
      assert.equal((await ask({ path: '/api/scenario', ...asker })).body, text);
  });
});
