/** Numbers and flags of a command line. */
import { LabError } from '../base/errors.ts';
import type { Call } from './command.ts';

/**
 * A whole number. Xen's tool takes what a number begins with (`12abc` is 12, `abc` is 0); only --strict-xl does the
 * same.
 * @param option its long name
 * @returns undefined: the option isn't given
 * @throws LabError BAD_OPTION
 */
export function wholeNumber({ given, isStrict }: Call, option: string): number | undefined {
  const text = given.options.get(option);
  if (text === undefined) return undefined;
  if (isStrict) return Number(/^\s*([-+]?\d+)/.exec(text)?.[1] ?? 0);
  if (/^[-+]?\d+$/.test(text)) return Number(text);
  const bare = /^=(.*)$/.exec(text)?.[1];
  throw new LabError('BAD_OPTION', `'${text}' is not a whole number`, {
    where: `--${option}`,
    ...(bare !== undefined && { hint: `a letter takes no '=': write --${option}=${bare}` }),
  });
}

/**
 * 0 or 1.
 * @param option its long name
 * @returns undefined: the option isn't given
 * @throws LabError BAD_OPTION
 */
export function flagOf(call: Call, option: string): boolean | undefined {
  const value = wholeNumber(call, option);
  if (value === undefined || value === 0 || value === 1) return value === undefined ? undefined : value === 1;
  throw new LabError('BAD_OPTION', `'${String(value)}' is neither 0 nor 1`, { where: `--${option}` });
}
