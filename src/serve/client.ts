/**
 * How other commands reach a running host: HTTP on its Unix socket. It loads little: scripts start it twenty times a
 * second.
 */
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { LabError, type LabErrorCode } from '../base/errors.ts';
import { suggest } from '../base/text.ts';
import type { Change, HostState, StreamMessage } from '../control/state.ts';
import { isAlive, runningHosts, socketOf, type RunningHost } from './host-names.ts';
import { runtimeDirectory } from './runtime-directory.ts';
import type { HostEnd } from './served.ts';

/** A host that is starting, or has too much to do, is asked again for so long. */
const PATIENCE_MS = 30_000;
const AGAIN_MS = 50;
/** A host that doesn't answer for so long stands still. */
const ANSWER_MS = 15_000;

const LAB_CODES: ReadonlySet<string> = new Set<LabErrorCode>([
  'BAD_OPTION',
  'BAD_SCENARIO',
  'BAD_WORKLOAD',
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
 * @throws LabError BAD_OPTION when there is none, none of this name, or several and no name was given
 */
export async function connectHost(
  name: string | null,
  directory: string = runtimeDirectory(),
): Promise<HostClient> {
  if (name !== null && (await isAlive(socketOf(directory, name))))
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

  constructor(name: string, socket: string) {
    this.name = name;
    this.socket = socket;
  }

  /**
   * Carry out a command. A host that has too much to do is asked again: no command is lost.
   * @throws LabError as the host refuses it
   */
  async command(command: object): Promise<Change> {
    return (await this.json('POST', '/api/commands', JSON.stringify(command))) as Change;
  }

  async state(): Promise<HostState> {
    return (await this.json('GET', '/api/state')) as HostState;
  }

  /** What was played until now, as YAML. */
  async scenario(): Promise<string> {
    return this.ask('GET', '/api/scenario');
  }

  /** Resolves when the host has ended and its results are written. */
  async ended(): Promise<HostEnd> {
    return JSON.parse(await this.ask('GET', '/api/end', null, null)) as HostEnd;
  }

  /** Be told what happens, until the signal ends that, or the host ends. */
  async listen(listener: (message: StreamMessage) => void, signal: AbortSignal): Promise<void> {
    const response = await this.send('GET', '/api/stream', null, ANSWER_MS);
    if (response.statusCode !== 200) throw errorOf(await textOf(response));
    const stop = (): void => void response.destroy();
    signal.addEventListener('abort', stop, { once: true });
    try {
      let rest = '';
      for await (const piece of response.setEncoding('utf8')) {
        const frames = (rest + String(piece)).split('\n\n');
        rest = frames.pop() ?? '';
        for (const frame of frames) {
          const data = /^data: (.*)$/m.exec(frame)?.[1];
          if (data !== undefined && !frame.startsWith('event:')) listener(JSON.parse(data) as StreamMessage);
        }
      }
    } catch (error) {
      if (!signal.aborted) throw this.lost(error);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  private async json(method: string, path: string, body: string | null = null): Promise<unknown> {
    return JSON.parse(await this.ask(method, path, body));
  }

  /** @param patienceMs for the answer; null: as long as it takes */
  private async ask(
    method: string,
    path: string,
    body: string | null = null,
    patienceMs: number | null = ANSWER_MS,
  ): Promise<string> {
    const untilMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const response = await this.send(method, path, body, patienceMs);
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
    patienceMs: number | null,
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
      if (patienceMs !== null) {
        asked.setTimeout(patienceMs, () => {
          asked.destroy(new Error(`no answer for ${String(patienceMs / 1000)} s`));
        });
      }
      asked.on('response', resolve);
      asked.on('error', (error) => {
        reject(this.lost(error));
      });
      asked.end(body ?? undefined);
    });
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
