/**
 * Command lines as Xen's tool takes them, which are those of getopt_long(3):
 *
 *     -d A   -dA   -sr 500   --domain A   --domain=A   --dom A   --
 *
 * Options and operands in any order; of an option that is given twice the last one counts; a long option may be cut as
 * long as it stays the only one. The errors are getopt's, too.
 */
import { LabError } from '../base/errors.ts';
import { suggest } from '../base/text.ts';

export interface OptionSpec {
  /** a letter */
  readonly short?: string;
  readonly long: string;
  /** what it takes, for the help; absent: nothing */
  readonly takes?: string;
  readonly does: string;
  /** Xen's tool has it. Why it isn't here, as a sentence; absent: it is */
  readonly refusal?: string;
}

export interface Given {
  /** By the long names of options; '' for one that takes nothing. */
  readonly options: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

/**
 * @param command its name, for errors
 * @throws LabError BAD_OPTION, or NOT_SUPPORTED for an option that Xen's tool has and this one hasn't
 */
export function getopt(command: string, specs: readonly OptionSpec[], args: readonly string[]): Given {
  const options = new Map<string, string>();
  const operands: string[] = [];
  const rest = [...args];
  const wrong = (message: string, hint?: string) =>
    new LabError('BAD_OPTION', message, { where: command, ...(hint !== undefined && { hint }) });
  const take = (spec: OptionSpec, value: string): void => {
    if (spec.refusal !== undefined) throw refused(command, spec, spec.refusal);
    options.set(spec.long, value);
  };

  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      operands.push(...rest);
      break;
    }
    if (arg === '-' || !arg.startsWith('-')) operands.push(arg);
    else if (arg.startsWith('--')) takeLong(arg.slice(2));
    else takeShort(arg.slice(1));
  }
  return { options, operands };

  function takeLong(text: string): void {
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    const spec = longOption(name);
    if (spec.takes === undefined) {
      if (equals >= 0) throw wrong(`option '--${spec.long}' doesn't allow an argument`);
      take(spec, '');
      return;
    }
    const value = equals < 0 ? rest.shift() : text.slice(equals + 1);
    if (value === undefined) throw wrong(`option '--${spec.long}' requires an argument`);
    take(spec, value);
  }

  function longOption(name: string): OptionSpec {
    const exact = specs.find(({ long }) => long === name);
    if (exact !== undefined) return exact;
    const [first, ...others] = specs.filter(({ long }) => name !== '' && long.startsWith(name));
    if (first === undefined) {
      const known = specs.map(({ long }) => `--${long}`);
      throw wrong(`unrecognized option '--${name}'`, suggest(`--${name}`, known));
    }
    if (others.length === 0) return first;
    const all = [first, ...others].map(({ long }) => `'--${long}'`).join(' ');
    throw wrong(`option '--${name}' is ambiguous; possibilities: ${all}`);
  }

  function takeShort(text: string): void {
    for (let at = 0; at < text.length; at++) {
      const letter = text[at];
      const spec = specs.find(({ short }) => short === letter);
      if (spec === undefined) throw wrong(`invalid option -- '${letter}'`, `xl ${command} --help`);
      if (spec.takes === undefined) {
        take(spec, '');
        continue;
      }
      const value = at + 1 < text.length ? text.slice(at + 1) : rest.shift();
      if (value === undefined) throw wrong(`option requires an argument -- '${letter}'`);
      take(spec, value);
      return;
    }
  }
}

/** How an option is written: `-d, --domain`. */
export function flagsOf({ short, long }: Pick<OptionSpec, 'short' | 'long'>): string {
  return short === undefined ? `--${long}` : `-${short}, --${long}`;
}

function refused(command: string, spec: OptionSpec, refusal: string): LabError {
  return new LabError('NOT_SUPPORTED', `${flagsOf(spec)} is Xen's, and not here: ${refusal}`, {
    where: command,
  });
}
