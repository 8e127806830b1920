/** Consoles shown in the documents: what was typed, and what it printed. */
import { creditlab, type Ended } from '../cli/spawn.ts';

export interface Step {
  readonly command: string;
  readonly printed: string;
}

/** The commands of a console, each with what it prints. */
export function stepsOf(console: string): Step[] {
  return console
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [command, ...lines] = text.split('\n');
      return { command, printed: lines.join('\n').trim() };
    });
}

/** Start a host, as the first command of a console does. @returns when it is up, and how it ended */
export async function hostStarted(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly ended: Promise<Ended> }> {
  let tell: () => void = () => undefined;
  const up = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const ended = creditlab(args, { cwd, env, until: { text: "the host 'lab' is up", then: tell } });
  const never = ended.then(({ stderr }) => {
    throw new Error(`it never was up: ${stderr}`);
  });
  await Promise.race([up, never]);
  return { ended };
}
