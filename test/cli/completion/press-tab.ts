/** Press the key in a real shell: what it offers for each line, with a script of creditlab's. */
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';

/** By shell: options with which it reads no file of the user's. */
const SHELLS = { bash: ['--norc'], zsh: ['-f'], fish: ['--no-config'] } as const;
export type ShellName = keyof typeof SHELLS;
export const SHELL_NAMES = Object.keys(SHELLS) as readonly ShellName[];

export function isThere(shell: string): boolean {
  return spawnSync(shell, ['--version']).status === 0;
}

/**
 * @param script what `creditlab completion` printed
 * @param dir where the files are; the shell's home is beside it
 * @returns for each line what is offered, in alphabetical order
 */
export async function pressTab(
  shell: ShellName,
  script: string,
  lines: readonly string[],
  dir: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Map<string, string[]>> {
  const home = dirname(dir);
  const file = join(home, `script.${shell}`);
  writeFileSync(file, script);
  const driver = join(packageRoot(), 'test/cli/completion', `press-tab.${shell}`);
  const child = spawn(shell, [...SHELLS[shell], driver, file, ...lines], {
    cwd: dir,
    env: { ...process.env, HOME: home, TERM: 'xterm', LC_ALL: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 100_000,
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0 || err !== '') throw new Error(`${shell} exits with ${String(code)}: ${err}`);
  const rows = out.replace(/\n$/, '').split('\n');
  return new Map(
    rows.map((row) => {
      const [line, ...offers] = row.split('\t');
      return [line, [...new Set(offers)].filter((offer) => offer !== '').sort()];
    }),
  );
}
