/**
 * How other commands reach a running host: HTTP on its Unix socket. It loads little: scripts start it twenty times a
 * second.
 */
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { LabError, type LabErrorCode } from '../base/errors.ts';
import { suggest } from '../base/text.ts';
import type { Change, HostState } from '../control/state.ts';
import { isAlive, runningHosts, socketOf, type RunningHost } from './host-names.ts';
import { isThere, runtimeDirectory } from './runtime-directory.ts';
import type { HostEnd } from './served.ts';

/** A host that is starting, or has too much to do, is asked again for so long. */
const PATIENCE_MS = 30_000;
const AGAIN_MS = 50;
/** A host that doesn't answer for so long stands still. */
const ANSWER_MS = 15_000;

/** How long an answer is waited for. */
type Patience =
  /** ANSWER_MS */
  | 'short'
  /** as long as the host answers something else: what makes a VM ready takes its time, and so does what waits for it */
  | 'while it lives'
  /** as long as it takes */
  | 'endless';

const LAB_CODES: ReadonlySet<string> = new Set<LabErrorCode>([
  'BAD_OPTION',
  'BAD_SCENARIO',
  'BAD_WORKLOAD',
  'BAD_POLICY',
  'BAD_FILE',
  'NO_ADDON',
  'NOT_SUPPORTED',
  'LIMIT',
  'NATIVE',
  'RUN_FAILED',
  'INTERRUPTED',
]);

/**
 * Find a running host.
 * @param name null: the only one
 * @throws LabError BAD_OPTION when there is none, none of this name, or several and no name was given; NOT_SUPPORTED
 *   where somebody else could have put sockets
 */
export async function connectHost(
  name: string | null,
  directory: string = runtimeDirectory(),
): Promise<HostClient> {
  if (name !== null && isThere(directory) && (await isAlive(socketOf(directory, name))))
    return new HostClient(name, socketOf(directory, name));
  const hosts = await runningHosts(directory);
  const [only] = hosts;
  if (only === undefined) {
    throw new LabError('BAD_OPTION', 'no host is running', {
      ...(name !== null && { where: '--name', got: `'${name}'` }),
      hint: `'creditlab up' starts one (their sockets are in ${directory})`,
    });
  }
  const names = hosts.map((host) => host.name);
  if (name !== null) {
    throw new LabError('BAD_OPTION', `no host named '${name}' is running`, {
      where: '--name',
      hint: suggest(name, names),
    });
  }
  if (hosts.length > 1) {
    throw new LabError('BAD_OPTION', 'several hosts are running', {
      where: '--name',
      expected: `one of ${hosts.map(described).join(', ')}`,
      got: 'no name',
    });
  }
  return new HostClient(only.name, only.socket);
}

function described({ name, note }: RunningHost): string {
  return note === null ? name : `${name} (process ${String(note.pid)})`;
}

export class HostClient {
  readonly name: string;
  readonly socket: string;
  private readonly answerMs: number;

  constructor(name: string, socket: string, answerMs = ANSWER_MS) {
    this.name = name;
    this.socket = socket;
    this.answerMs = answerMs;
  }

  /**
   * Carry out a command. A host that has too much to do is asked again: no command is lost.
   * @throws LabError as the host refuses it
   */
  async command(command: object): Promise<Change> {
    const answer = await this.ask('POST', '/api/commands', JSON.stringify(command), 'while it lives');
    return JSON.parse(answer) as Change;
  }

  async state(): Promise<HostState> {
    return JSON.parse(await this.ask('GET', '/api/state', null, 'short')) as HostState;
  }

  /** What was played until now, as YAML. */
  async scenario(): Promise<string> {
    return this.ask('GET', '/api/scenario', null, 'short');
  }

  /** Resolves when the host has ended and its results are written. */
  async ended(): Promise<HostEnd> {
    return JSON.parse(await this.ask('GET', '/api/end', null, 'endless')) as HostEnd;
  }

  private async ask(method: string, path: string, body: string | null, patience: Patience): Promise<string> {
    const untilMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const response = await this.send(method, path, body, patience);
      const text = await textOf(response).catch((error: unknown) => {
        throw this.lost(error);
      });
      const { statusCode = 0 } = response;
      if (statusCode === 200) return text;
      // In neither case was anything done.
      const isLater = statusCode === 429 || statusCode === 503;
      if (!isLater || performance.now() > untilMs) throw errorOf(text);
      await pause(AGAIN_MS);
    }
  }

  private send(
    method: string,
    path: string,
    body: string | null,
    patience: Patience,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const asked: ClientRequest = request({
        socketPath: this.socket,
        method,
        path,
        agent: false,
        headers: {
          host: 'localhost',
          'x-creditlab-door': 'command',
          ...(body !== null && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          }),
        },
      });
      this.watch(asked, patience);
      asked.on('response', resolve);
      asked.on('error', (error) => {
        reject(this.lost(error));
      });
      asked.end(body ?? undefined);
    });
  }

  private watch(asked: ClientRequest, patience: Patience): void {
    const giveUp = (): void => {
      asked.destroy(new Error(`no answer for ${String(this.answerMs / 1000)} s`));
    };
    switch (patience) {
      case 'short':
        asked.setTimeout(this.answerMs, giveUp);
        break;
      case 'while it lives': {
        const timer = setInterval(() => {
          this.send('GET', '/api/commands', null, 'short').then((answer) => answer.resume(), giveUp);
        }, this.answerMs);
        asked.on('close', () => {
          clearInterval(timer);
        });
        break;
      }
      case 'endless':
        break;
    }
  }

  private lost(cause: unknown): LabError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new LabError('RUN_FAILED', `the host '${this.name}' went away (${reason})`, {
      where: this.socket,
      cause,
    });
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += String(piece);
  return text;
}

/** The host's refusal, as if it had been made here. */
function errorOf(text: string): LabError {
  try {
    const { code, message, ...details } = (JSON.parse(text) as { error: Record<string, string> }).error;
    return new LabError(LAB_CODES.has(code) ? (code as LabErrorCode) : 'RUN_FAILED', message, details);
  } catch (cause) {
    return new LabError('RUN_FAILED', 'the host answers with something else than expected', {
      got: `'${text.slice(0, 80)}'`,
      cause,
    });
  }
}
