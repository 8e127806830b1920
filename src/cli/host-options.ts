/** Options of commands that can be joined, and how others reach them. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { LabError } from '../base/errors.ts';
import { unreadable } from '../base/files.ts';
import { isLoopback } from '../serve/access.ts';
import { DEFAULT_PORT, type Links, type PortOptions } from '../serve/host-server.ts';
import { hasPage, pageDirectory, readPage, type PageFiles } from '../serve/page-files.ts';
import { wholeNumberOption } from './options.ts';

export interface PortFlags {
  readonly serve?: string | true;
  readonly listen?: string;
  readonly token?: string;
}

const LOCAL = '127.0.0.1';
const TOKEN = /^[\w~.-]{16,200}$/;

/** @param called what the help calls it: `host` is the name of one that runs */
export const nameOption = (otherwise: string, called: 'name' | 'host' = 'name'): Option =>
  new Option(`--name <${called}>`, `of the host, by which other commands find it (default: ${otherwise})`);

export function withPortOptions(command: Command): Command {
  return command
    .option(
      '--serve [port]',
      `show a page in a browser, on this port, 0: any that is free (default: off; without a number ` +
        `${String(DEFAULT_PORT)})`,
    )
    .addOption(listenOption())
    .addOption(tokenOption());
}

export const listenOption = (): Option =>
  new Option(
    '--listen <address>',
    `which address the page is served on (default: ${LOCAL}, this machine alone)`,
  );
export const tokenOption = (): Option =>
  new Option(
    '--token <token>',
    'what the link to the page holds, at least 16 letters and digits, or @FILE that holds it (default: random)',
  );

/**
 * @returns null: no page is wanted
 * @throws LabError BAD_OPTION, BAD_FILE
 */
export function portOptions({ serve, listen, token }: PortFlags): PortOptions | null {
  if (serve === undefined) {
    const without = listen !== undefined ? '--listen' : token !== undefined ? '--token' : null;
    if (without === null) return null;
    throw new LabError('BAD_OPTION', 'there is no page to serve', { where: without, hint: 'add --serve' });
  }
  const address = listen ?? LOCAL;
  if (!isLoopback(address) && token === undefined) {
    throw new LabError('BAD_OPTION', 'other machines could reach the page', {
      where: '--listen',
      expected: `a --token of your own, or ${LOCAL}`,
      got: address,
      hint: 'over SSH it needs neither: ssh -L 7300:127.0.0.1:7300 MACHINE',
    });
  }
  return {
    port: serve === true ? DEFAULT_PORT : portOf(serve),
    address,
    token: token === undefined ? null : tokenOf(token),
    page: pageFiles(),
  };
}

/** Where relative paths start that commands name. @param file of the scenario; undefined: there is none */
export function baseDirOf(file: string | undefined): string {
  return file === undefined ? process.cwd() : dirname(resolve(file));
}

/** What to think of before the links are given away. */
export function portWarnings({ listen, token }: PortFlags): string[] {
  const warnings: string[] = [];
  if (listen !== undefined && !isLoopback(listen)) {
    warnings.push(
      `whoever reaches ${listen} and has the token can command this host, and nothing is encrypted: ` +
        'who listens on the network sees the token',
    );
  }
  if (token !== undefined && !token.startsWith('@')) {
    warnings.push(
      'every user of this machine sees the token in the list of processes: --token @FILE keeps it from them',
    );
  }
  return warnings;
}

/** Where a browser finds the page. */
export function linkLines({ all, read }: Links): string[] {
  return [`page: ${all}`, `page for those who only look on: ${read}`];
}

function pageFiles(): PageFiles {
  if (hasPage()) return readPage(pageDirectory());
  throw new LabError('NOT_SUPPORTED', 'the page is not built', {
    where: pageDirectory(),
    hint: 'npm run build',
  });
}

function portOf(text: string): number {
  if (!/^\d+$/.test(text)) {
    throw new LabError('BAD_OPTION', 'not a port', {
      where: '--serve',
      expected: 'a number from 0 to 65535, or nothing',
      got: `'${text}'`,
      hint: 'a scenario file stands before --serve',
    });
  }
  return wholeNumberOption('--serve', text, 0, 65_535);
}

function tokenOf(text: string): string {
  const token = text.startsWith('@') ? readToken(text.slice(1)) : text;
  if (TOKEN.test(token)) return token;
  throw new LabError('BAD_OPTION', 'not a token', {
    where: '--token',
    expected: '16 to 200 letters, digits, dots, dashes, tildes and underscores',
    got: `${String(token.length)} characters`,
  });
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw unreadable(file, cause, 'a file that holds the token');
  }
}
