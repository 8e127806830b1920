/**
 * Commands that run programs on real cores need V8 single-threaded, and V8 takes that only at the start of a process.
 * So the process starts once more, as itself: execve(2) keeps its pid, terminal, standard streams, limits and place in
 * the shell's job control, and makes no second process that signals and exit codes would have to be handed through.
 * That happens before anything is opened.
 */
import { constants, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { loadNative, type Native } from '../addon/native.ts';
import { saidOfThreads, SINGLE_THREADED } from '../base/single-threaded.ts';

const COMMANDS = ['run', 'up', 'lab', 'compare', 'workloads', 'doctor'];
/** Arguments with which these commands run nothing. */
const HELP = ['-h', '--help', '--no-probe', '--simulated'];
/** Holds the pid of a process that has started once more. It never starts a third time, even without the option. */
const MARK = 'CREDITLAB_RESTARTED';

/** What of a process counts here. */
export type Restarted = Pick<
  NodeJS.Process,
  'argv' | 'argv0' | 'env' | 'execArgv' | 'execPath' | 'pid' | 'platform'
>;

/** Start once more with the option, if this command line needs it. Returns if it doesn't, or if it isn't possible. */
export function restartSingleThreaded(
  self: Restarted = process,
  load: () => Pick<Native, 'execAgain'> = loadNative,
): void {
  const { argv, env, execArgv, pid } = self;
  const isSecondTime = env[MARK] === String(pid);
  delete env[MARK];
  // Who says `--no-single-threaded` wants to see what helper threads do.
  if (isSecondTime || self.platform !== 'linux' || saidOfThreads(execArgv) !== null) return;
  if (!isForHardware(argv.slice(2))) return;
  let native;
  try {
    native = load();
  } catch {
    // The command says itself what is missing, when it comes to that.
    return;
  }
  env[MARK] = String(pid);
  const again = [self.argv0, ...execArgv, SINGLE_THREADED, ...argv.slice(1)];
  native.execAgain(self.execPath, again, Int32Array.from(inheritedFds()));
  // The process couldn't start once more: it runs with helper threads, and the result says so.
  delete env[MARK];
}

/** Of a file's flags: whether it is open for reading, for writing, or both. */
const ACCESS_MODE = 3;

/**
 * Open files that came with the process: standard streams, and what a shell opened for it (`3>log`, `<(…)`). Node
 * marks them all to be closed. Its own are anonymous ones, and pipes of which it has both ends.
 */
function inheritedFds(): number[] {
  const open = readdirSync('/proc/self/fd').flatMap((name) => {
    const target = linkOf(`/proc/self/fd/${name}`);
    return target === null ? [] : [{ fd: Number(name), target }];
  });
  const hasBothEnds = (target: string): boolean => {
    const ends = open.filter((other) => other.target === target).map(({ fd }) => isForWriting(fd));
    return ends.includes(true) && ends.includes(false);
  };
  const isOwn = (target: string): boolean =>
    target.startsWith('anon_inode:') || (target.startsWith('pipe:') && hasBothEnds(target));
  return open.filter(({ fd, target }) => fd <= 2 || !isOwn(target)).map(({ fd }) => fd);
}

/** A shell may have opened the same end of a pipe twice, as in `3>&1 | cat`. */
function isForWriting(fd: number): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${String(fd)}`, 'utf8'));
  return flags !== null && (parseInt(flags[1], 8) & ACCESS_MODE) !== constants.O_RDONLY;
}

/** null: it was only open to list the others */
function linkOf(file: string): string | null {
  try {
    return readlinkSync(file);
  } catch {
    return null;
  }
}

/**
 * Whether these arguments may run a program on real cores. In doubt they may: that costs a few hundredths of a second.
 */
export function isForHardware(args: readonly string[]): boolean {
  const command = args.find((arg) => !arg.startsWith('-'));
  if (command === undefined || !COMMANDS.includes(command) || args.some((arg) => HELP.includes(arg)))
    return false;
  // Without a name these two list what there is.
  return (command !== 'workloads' && command !== 'lab') || args.length > 1;
}
