/**
 * What a host answers to `bin/xl`, which is a script: it asks the host to do what the tool would do in a process of its
 * own. Each line of the answer begins with where it belongs:
 *
 *     1vm1      on standard output
 *     2error    on standard error
 *     =1        the exit code, and the end
 *     !         the host can't do this: it takes a process, or another host is meant
 */
import { unexpectedError } from '../base/errors.ts';
import type { XlHost } from './command.ts';
import { readCommandLine, runReading, XlExit } from './xl.ts';

const NOT_HERE = '!\n';

/**
 * Whatever happens, this is an answer: a status that says that something failed makes the script send it again, when it
 * may have been carried out.
 * @param body the arguments, with a NUL behind each
 * @param name of the host
 * @param say told of what nobody expected
 */
export async function answerShim(
  body: Uint8Array,
  name: string,
  say: (line: string) => void,
  host: XlHost,
): Promise<string> {
  const args = new TextDecoder().decode(body).split('\0').slice(0, -1);
  const reading = readCommandLine(args);
  if (reading.kind === 'run') {
    const meant = reading.given.options.get('name');
    if (!reading.command.isQuick || (meant !== undefined && meant !== name)) return NOT_HERE;
  }
  const lines: string[] = [];
  const add = (mark: string, text: string): void => {
    for (const line of text.replace(/\n$/, '').split('\n')) lines.push(mark + line);
  };
  const code = await runReading(reading, {
    connect: () => Promise.resolve(host),
    out: (text) => {
      add('1', text);
    },
    err: (text) => {
      add('2', text);
    },
    directory: '/',
    terminal: null,
    sleep: () => Promise.resolve(),
  }).catch((error: unknown) => {
    say(`a request failed: ${unexpectedError(error)}`);
    add('2', 'something unexpected: the host says more, and it may have been carried out');
    return XlExit.refused;
  });
  return [...lines, `=${String(code)}`, ''].join('\n');
}
