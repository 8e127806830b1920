/** The world of a process of its own: its streams, its terminal, and the hosts that run. */
import { setTimeout as pause } from 'node:timers/promises';
import { connectHost } from '../serve/client.ts';
import type { Terminal, World } from './command.ts';

export function processWorld(): World {
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    // Nobody reads any more (`| head`), and a table that never ends would go on for nobody.
    if (code === 'EPIPE') process.exit();
  });
  return {
    connect: (name) => connectHost(name ?? namedHost()),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    directory: process.cwd(),
    terminal: process.stdin.isTTY && process.stdout.isTTY ? new ProcessTerminal() : null,
    sleep: (ms) => pause(ms),
  };
}

/** As the shell sees it, an empty name is none. */
function namedHost(): string | null {
  const name = process.env.CREDITLAB_HOST;
  return name === undefined || name === '' ? null : name;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const QUIT = 'q';

class ProcessTerminal implements Terminal {
  get columns(): number {
    return process.stdout.columns;
  }

  get rows(): number {
    return process.stdout.rows;
  }

  listen(pressed: (key: string) => void): () => void {
    const { stdin } = process;
    const onKeys = (text: string): void => {
      // Keys without a character are sequences that begin as Escape does.
      if (text.length > 1 && text.startsWith('\x1b')) return;
      for (const key of text) pressed(key);
    };
    const onSignal = (): void => {
      pressed(QUIT);
    };
    stdin.setRawMode(true).setEncoding('utf8').on('data', onKeys).resume();
    for (const signal of SIGNALS) process.on(signal, onSignal);
    return () => {
      stdin.off('data', onKeys).setRawMode(false).pause();
      for (const signal of SIGNALS) process.off(signal, onSignal);
    };
  }
}
