/** Requests as tests make them: with any header, also those that no well-behaved client sends. */
import { request } from 'node:http';
import { connect, type NetConnectOpts, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** @param where `{ socketPath }`, or `{ host, port }` */
export function ask(where: object, path: string, question: Question = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = question;
  return new Promise((resolve, reject) => {
    const asked = request({ ...where, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** A connection on which anything can be sent. @returns what comes back until it is closed */
export function raw(
  where: NetConnectOpts,
  text: string,
): { readonly socket: Socket; readonly closed: Promise<string> } {
  const socket = connect(where);
  let received = '';
  socket.setEncoding('latin1').on('data', (piece: string) => (received += piece));
  socket.on('error', () => undefined);
  socket.write(text);
  return {
    socket,
    closed: new Promise((resolve) => {
      socket.on('close', () => {
        resolve(received);
      });
    }),
  };
}
