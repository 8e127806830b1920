/** The interface, without any socket: what is answered to a request by somebody with these rights. */
import type { Door } from '../control/commands.ts';
import { nearestName } from '../base/text.ts';
import { isUnloaded } from '../scenario/policies-of.ts';
import { builtinNames, isBuiltin } from '../workload/catalogue.ts';
import type { Asker, Rights } from './access.ts';
import { Feed } from './feed.ts';
import { mappingIn } from './json-body.ts';
import { COMMAND_RATE, MOST_COMMANDS_WAITING, REQUEST_RATE, SCENARIO_AGE_MS } from './limits.ts';
import { RateLimit } from './rate-limit.ts';
import { comeBack, json, jsonText, Refusal, type Reply } from './reply.ts';
import { apiSchemas } from './api-schemas.ts';
import type { HostEnd, Served } from './served.ts';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly rights: Rights;
  /** through the Unix socket; else from a browser or another machine */
  readonly isLocal: boolean;
  readonly contentType: string;
  /** as the client calls its door; '': it doesn't say */
  readonly door: string;
  readonly body: () => Promise<Uint8Array>;
}

export function askerOf({ isLocal, rights }: Pick<Asked, 'isLocal' | 'rights'>): Asker {
  return isLocal ? 'local' : rights;
}

type Handler = (asked: Asked) => Promise<Reply> | Reply;
/** Slow ones make a VM ready: others must not wait for these. */
type Pace = keyof typeof MOST_COMMANDS_WAITING;

export const STREAM_PATH = '/api/stream';
const COMMANDS_PATH = '/api/commands';

export class Api {
  private served: Served | null = null;
  private ownFeed: Feed | null = null;
  private readonly requests: Readonly<Record<Asker, RateLimit>> = {
    local: new RateLimit(REQUEST_RATE.local),
    all: new RateLimit(REQUEST_RATE.all),
    read: new RateLimit(REQUEST_RATE.read),
  };
  private readonly commands: Readonly<Record<'local' | 'remote', RateLimit>> = {
    local: new RateLimit(COMMAND_RATE),
    remote: new RateLimit(COMMAND_RATE),
  };
  private readonly commandsWaiting: Record<Pace, number> = { quick: 0, slow: 0 };
  /** What stays as it is, made when it is first asked for. */
  private readonly lasting = new Map<string, Reply>();
  private played: { readonly atMs: number; readonly reply: Reply } | null = null;
  private readonly end: Promise<HostEnd>;
  private tellEnd: (end: HostEnd) => void = () => undefined;

  private readonly routes: Readonly<Record<string, Readonly<Partial<Record<string, Handler>>>>> = {
    '/api/state': { GET: async (asked) => jsonText(await this.feed().state(askerOf(asked))) },
    [COMMANDS_PATH]: { GET: (asked) => this.list(asked), POST: (asked) => this.command(asked) },
    '/api/scenario': { GET: (asked) => this.scenario(asked) },
    '/api/xl': { POST: (asked) => this.tool(asked) },
    '/api/schema': { GET: () => this.schemas() },
    '/api/end': { GET: (asked) => this.awaitEnd(asked) },
    // The server takes it: its answer has no end.
    [STREAM_PATH]: { GET: undefined },
  };

  constructor() {
    this.end = new Promise((resolve) => {
      this.tellEnd = resolve;
    });
  }

  /** The host is there; requests before were told to come back. */
  attach(served: Served): void {
    this.served = served;
    const { host, story } = served;
    this.ownFeed = new Feed(host, story === undefined ? {} : { story });
  }

  /** Its run has ended and another one is prepared: meanwhile requests are told to come back. */
  detach(): void {
    this.served = null;
    this.ownFeed?.close();
    this.ownFeed = null;
    this.played = null;
  }

  /** The host has ended and its results are written. */
  ended(end: HostEnd): void {
    this.tellEnd(end);
  }

  close(): void {
    this.ownFeed?.close();
  }

  /** @throws Refusal NOT_READY while there is no host yet */
  feed(): Feed {
    this.checkThere();
    return this.ownFeed as Feed;
  }

  /** @throws Refusal or LabError */
  async answer(asked: Asked): Promise<Reply> {
    const { path, method, rights } = asked;
    // Commands have a rate of their own.
    if (path !== COMMANDS_PATH || method !== 'POST' || rights !== 'all') this.checkRate(askerOf(asked));
    if (!Object.hasOwn(this.routes, path)) throw notFound(path, Object.keys(this.routes));
    const handlers = this.routes[path];
    const handler = handlers[method === 'HEAD' ? 'GET' : method];
    if (handler !== undefined) return handler(asked);
    const allowed = Object.keys(handlers).join(', ');
    throw new Refusal(
      'BAD_METHOD',
      `${path} takes no ${method.slice(0, 20)}`,
      { expected: allowed },
      { allow: allowed },
    );
  }

  /** @throws Refusal TOO_MANY: also for requests of the stream */
  checkRate(asker: Asker): void {
    if (!this.requests[asker].pass()) throw comeBack('TOO_MANY', 'too many requests');
  }

  private list({ rights }: Asked): Reply {
    const { commands } = this.checkThere();
    return this.once(`commands ${rights}`, () => json({ version: 1, rights, commands }));
  }

  private schemas(): Reply {
    const { commands } = this.checkThere();
    return this.once('schemas', () => json(apiSchemas(commands)));
  }

  private once(name: string, make: () => Reply): Reply {
    const reply = this.lasting.get(name) ?? make();
    this.lasting.set(name, reply);
    return reply;
  }

  private async command(asked: Asked): Promise<Reply> {
    const { rights, isLocal, contentType } = asked;
    if (rights !== 'all') {
      throw new Refusal('READ_ONLY', 'this link is for reading', {
        hint: 'commands need the other link that the host printed',
      });
    }
    // A form on another page can send other types without being asked for permission. No page reaches the socket.
    if (!isLocal && !/^application\/json\b/i.test(contentType)) {
      throw new Refusal('BAD_TYPE', 'commands are JSON', {
        where: 'Content-Type',
        expected: 'application/json',
        got: `'${contentType.slice(0, 80)}'`,
      });
    }
    const command = mappingIn(await asked.body());
    if (!isLocal) checkModules(command);
    const { host, commands } = this.checkThere();
    const carryOut = async (): Promise<Reply> => json(await host.command(command, doorOf(asked)));
    // Whatever else goes on, a host can be ended.
    if (command.command === 'stop') return this.carryOut(carryOut);
    const isSlow = commands.some(({ name, effect }) => name === command.command && effect === 'when ready');
    return this.inTurn(asked, isSlow ? 'slow' : 'quick', carryOut);
  }

  /** The tool reads and changes: both count as commands. */
  private async tool(asked: Asked): Promise<Reply> {
    const { tool } = this.checkThere();
    if (!asked.isLocal || tool === undefined) throw notFound(asked.path, []);
    const body = await asked.body();
    return this.inTurn(asked, 'quick', async () => ({
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: await tool(body),
    }));
  }

  /** @throws Refusal TOO_MANY */
  private async inTurn({ isLocal }: Asked, pace: Pace, carryOut: () => Promise<Reply>): Promise<Reply> {
    const isFlood = !this.commands[isLocal ? 'local' : 'remote'].pass();
    if (isFlood || this.commandsWaiting[pace] >= MOST_COMMANDS_WAITING[pace])
      throw comeBack('TOO_MANY', 'too many commands');
    this.commandsWaiting[pace]++;
    try {
      return await this.carryOut(carryOut);
    } finally {
      this.commandsWaiting[pace]--;
    }
  }

  private async carryOut(command: () => Promise<Reply>): Promise<Reply> {
    try {
      return await command();
    } finally {
      this.ownFeed?.changed();
    }
  }

  private scenario(asked: Asked): Reply {
    const { scenario } = this.checkThere();
    const atMs = performance.now();
    if (this.played === null || atMs - this.played.atMs >= SCENARIO_AGE_MS[askerOf(asked)]) {
      const headers = { 'content-type': 'text/yaml; charset=utf-8' };
      this.played = { atMs, reply: { status: 200, headers, body: scenario() } };
    }
    return this.played.reply;
  }

  /** Paths of files are nothing for other machines. */
  private async awaitEnd({ isLocal, path }: Asked): Promise<Reply> {
    if (!isLocal) throw notFound(path, []);
    return json(await this.end);
  }

  private checkThere(): Served {
    if (this.served !== null) return this.served;
    throw comeBack('NOT_READY', 'the host is starting');
  }
}

function notFound(path: string, known: readonly string[]): Refusal {
  const near = nearestName(path, known);
  return new Refusal('NOT_FOUND', 'there is nothing here', {
    got: path.slice(0, 80),
    ...(near !== null && { hint: `did you mean '${near}'?` }),
  });
}

function doorOf({ door, isLocal }: Asked): Door {
  // Scenarios and the library go through no door of this kind.
  if (door === 'command' && isLocal) return 'command';
  return door === 'page' ? 'page' : 'http';
}

/**
 * A module is a program, with all that the host's user may do. From elsewhere, only what creditlab brings is run, and
 * policies that the host has loaded already.
 */
function checkModules({ vm, workload, scheduler }: Record<string, unknown>): void {
  checkPolicy(scheduler);
  const inVm = typeof vm === 'object' && vm !== null ? (vm as Record<string, unknown>).workload : undefined;
  for (const spec of [workload, inVm]) {
    if (spec === undefined || (typeof spec === 'string' && isBuiltin(spec))) continue;
    throw new Refusal('READ_ONLY', 'from here, only built-in workloads can be chosen', {
      where: 'workload',
      expected: builtinNames.join(', '),
      got: describe(spec),
      hint: 'modules are loaded through the Unix socket only',
    });
  }
}

/** @throws Refusal */
function checkPolicy(scheduler: unknown): void {
  if (!isUnloaded(scheduler)) return;
  throw new Refusal('READ_ONLY', 'from here, only schedulers that the host has can be chosen', {
    where: 'scheduler',
    hint: 'modules are loaded through the Unix socket only',
  });
}

function describe(value: unknown): string {
  return typeof value === 'string' ? `'${value.slice(0, 80)}'` : typeof value;
}
