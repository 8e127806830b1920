import { PassThrough } from 'node:stream';
import { runProgram } from '../../src/cli/program.ts';
import { takeText } from './take-text.ts';

/**
 * Run the command in this process, for what ends before any hardware is needed: opening it is said on standard error.
 */
export async function inProcess(
  args: readonly string[],
  dir: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  let code: number | null = null;
  const before = process.cwd();
  process.chdir(dir);
  try {
    await runProgram(args, {
      stdout,
      stderr,
      print: (text) => void stdout.write(`${text}\n`),
      say: (line) => void stderr.write(`creditlab: ${line}\n`),
      exit: (value) => (code = value),
      testbed: {
        open: () => {
          stderr.write('OPENED\n');
          return Promise.reject(new Error('no hardware here'));
        },
        openHost: () => {
          stderr.write('OPENED\n');
          return Promise.reject(new Error('no hardware here'));
        },
      },
    });
  } finally {
    process.chdir(before);
  }
  return { code, stdout: takeText(stdout), stderr: takeText(stderr) };
}
