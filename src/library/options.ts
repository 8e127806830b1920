/** Options of functions, as programs give them: a misspelt one is named, with what was probably meant. */
import { LabError } from '../base/errors.ts';
import { suggest } from '../base/text.ts';
import { describeValue } from '../scenario/validate.ts';

export interface OptionCheck {
  readonly expected: string;
  readonly isRight: (value: unknown) => boolean;
}

export type OptionChecks<T> = { readonly [Name in keyof T]-?: OptionCheck };

export const yesOrNo: OptionCheck = {
  expected: 'true or false',
  isRight: (value) => typeof value === 'boolean',
};

export const directory: OptionCheck = {
  expected: 'the path of a directory',
  isRight: (value) => typeof value === 'string',
};

export function oneOf(...values: readonly string[]): OptionCheck {
  return {
    expected: `one of: ${values.join(', ')}`,
    isRight: (value) => values.some((each) => each === value),
  };
}

/**
 * Options that are left out, or undefined, have their defaults.
 * @param of the function's name
 * @throws LabError BAD_OPTION with where (`openLab: machine`), what was expected and what came
 */
export function checkOptions<T extends object>(of: string, options: T, checks: OptionChecks<T>): T {
  if (!isMapping(options))
    throw new LabError('BAD_OPTION', 'these are no options', {
      where: of,
      expected: 'an object',
      got: describeValue(options),
    });
  for (const [name, value] of Object.entries(options)) {
    const where = `${of}: ${name}`;
    if (!Object.hasOwn(checks, name))
      throw new LabError('BAD_OPTION', 'unknown option', {
        where,
        hint: suggest(name, Object.keys(checks)),
      });
    const { expected, isRight } = checks[name as keyof T];
    if (value === undefined || isRight(value)) continue;
    throw new LabError('BAD_OPTION', 'this is no value for this option', {
      where,
      expected,
      got: describeValue(value),
    });
  }
  return options;
}

export function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
