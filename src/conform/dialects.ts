/** Every policy that golden files may be of. */
import { creditDialect } from './credit1/dialect.ts';
import { credit2Dialect } from './credit2/dialect.ts';
import type { GoldenDialect } from './dialect.ts';
import type { GoldenFile } from './golden-schema.ts';
import { rtdsDialect } from './rtds/dialect.ts';
import { sedfDialect } from './sedf/dialect.ts';

export const DIALECTS: readonly GoldenDialect[] = [creditDialect, sedfDialect, credit2Dialect, rtdsDialect];

/** Of a file that doesn't say whose it is. */
const FIRST = creditDialect.type;

/** null: golden files aren't of this policy. */
export function dialectOf(type: string = FIRST): GoldenDialect | null {
  return DIALECTS.find((dialect) => dialect.type === type) ?? null;
}

/** Of a file that was read, and so has one. */
export function dialectOfFile({ policy }: Pick<GoldenFile, 'policy'>): GoldenDialect {
  const dialect = dialectOf(policy);
  if (dialect === null) throw new Error(`a golden file of ${String(policy)} was read`);
  return dialect;
}

/** Of all types that golden files may be of, in words. */
export function dialectTypes(): string {
  return DIALECTS.map(({ type }) => type).join(', ');
}
