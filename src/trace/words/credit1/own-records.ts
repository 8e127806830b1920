/** Where the records stand that only credit1 makes: by kind its number, by field its column. */
import { CREDIT_TERMS, Own } from '../../../core/credit1/terms.ts';
import { Column, OWN_KINDS } from '../../record.ts';

export const OwnKind = Object.fromEntries(
  Object.entries(Own).map(([kind, place]) => [kind, OWN_KINDS + place]),
) as { readonly [K in keyof typeof Own]: number };

function columnsOf<Field extends string>(
  kind: keyof typeof Own,
  ...fields: readonly Field[]
): Readonly<Record<Field, number>> {
  const declared = CREDIT_TERMS.records[Own[kind]].fields;
  return Object.fromEntries(
    fields.map((field) => [field, Column.fields + declared.indexOf(field)]),
  ) as Readonly<Record<Field, number>>;
}

export const OWN_COLUMNS = {
  acct: columnsOf('acct', 'totalWeight', 'balance'),
  grant: columnsOf('grant', 'vm', 'toShare', 'weightSum', 'fair', 'peak'),
  pay: columnsOf('pay', 'vcpu', 'before', 'share', 'credit', 'priority'),
  park: columnsOf('park', 'vcpu'),
  unpark: columnsOf('unpark', 'vcpu'),
  boost: columnsOf('boost', 'vcpu'),
  unboost: columnsOf('unboost', 'vcpu'),
  activate: columnsOf('activate', 'vcpu', 'activeCount'),
  deactivate: columnsOf('deactivate', 'vcpu', 'activeCount'),
} as const;
