/** What stands in the rows of a trace: the kinds that all traces have, and what the policy's terms add to them. */
import type { ChoiceKind, PolicyTerms, Reading, ReasonKind, RecordKind } from '../core/policy-terms.ts';
import { Exit } from '../machine/machine.ts';
import type { KindName } from './record.ts';
import { Column, COLUMNS, FIELDS, Kind, KIND_NAMES, Left, OWN_KINDS } from './record.ts';

/** A number of a record. */
export interface Field {
  /** as in files: `pcpu`, `prevCredit` */
  readonly name: string;
  readonly column: number;
  readonly what: 'vCPU' | 'pCPU' | 'VM' | 'reading' | 'word' | 'number';
  /** of a reading */
  readonly reading: Reading | null;
  /** of a word: its numbers by name */
  readonly words: ReadonlyMap<string, number> | null;
}

/** Where a record tells what a vCPU has. */
export interface Telling {
  readonly vcpu: number;
  /** per reading of the policy its column; −1: this record doesn't tell it */
  readonly readings: readonly number[];
}

export interface RecordShape {
  readonly kind: string;
  readonly fields: readonly Field[];
  readonly tellings: readonly Telling[];
  /** the vCPU, or else the VM, that it is about; null: everybody */
  readonly about: Field | null;
  /** of a kind that only the policy makes */
  readonly own: RecordKind | null;
}

export interface Vocabulary {
  readonly terms: PolicyTerms;
  /** by the number of the kind; there are gaps */
  readonly shapes: readonly (RecordShape | undefined)[];
  readonly kinds: ReadonlyMap<string, number>;
  /** by their values */
  readonly reasons: ReadonlyMap<number, ReasonKind>;
  readonly choices: ReadonlyMap<number, ChoiceKind>;
}

const VOCABULARIES = new WeakMap<PolicyTerms, Vocabulary>();

/** Asked for with each record that is put into words: made once for a header. */
export function vocabularyOf(terms: PolicyTerms): Vocabulary {
  let vocabulary = VOCABULARIES.get(terms);
  if (vocabulary === undefined) {
    vocabulary = createVocabulary(terms);
    VOCABULARIES.set(terms, vocabulary);
  }
  return vocabulary;
}

function createVocabulary(terms: PolicyTerms): Vocabulary {
  const shapes: RecordShape[] = [];
  for (const kind of KIND_NAMES) shapes[Kind[kind]] = commonShape(kind, terms);
  terms.records.forEach((own, i) => (shapes[OWN_KINDS + i] = ownShape(own, terms)));
  const kinds = new Map<string, number>();
  shapes.forEach((shape, kind) => kinds.set(shape.kind, kind));
  return {
    terms,
    shapes,
    kinds,
    reasons: new Map(terms.reasons.map((reason) => [reason.value, reason])),
    choices: new Map(terms.choices.map((choice) => [choice.value, choice])),
  };
}

/** The number of a record kind that this policy makes; −1 if it doesn't. */
export function kindOf(terms: PolicyTerms, kind: string): number {
  return vocabularyOf(terms).kinds.get(kind) ?? -1;
}

function commonShape(kind: KindName, terms: PolicyTerms): RecordShape {
  const columns: Readonly<Record<string, number>> = COLUMNS[kind];
  const fields = FIELDS[kind].flatMap((name: string): Field[] => {
    const column = columns[name];
    switch (name) {
      case 'prevReadings':
        return readingFields(terms.vcpuReadings, column, 'prev');
      case 'nextReadings':
        return readingFields(terms.vcpuReadings, column, 'next');
      case 'readings':
        return readingFields(terms.vcpuReadings, column, '');
      case 'vmReadings':
        return readingFields(terms.vmReadings, column, '');
      default:
        return [{ ...PLAIN, name, column, ...wordsOf(kind, name, terms), ...whatIs(name) }];
    }
  });
  const tells = (vcpu: string, readings: string): Telling[] =>
    readings in columns
      ? [{ vcpu: columns[vcpu], readings: terms.vcpuReadings.map((_, i) => columns[readings] + i) }]
      : [];
  const tellings = [
    ...tells('prev', 'prevReadings'),
    ...tells('next', 'nextReadings'),
    ...tells('vcpu', 'readings'),
  ];
  return { kind, fields, tellings, about: aboutOf(fields), own: null };
}

function ownShape(own: RecordKind, terms: PolicyTerms): RecordShape {
  const fields = own.fields.map((name, i): Field => {
    const readings = own.fields.includes('vm') ? terms.vmReadings : terms.vcpuReadings;
    const reading = readings.find(({ key }) => key === name) ?? null;
    return {
      ...PLAIN,
      name,
      column: Column.fields + i,
      ...(reading === null ? whatIs(name) : { what: 'reading', reading }),
    };
  });
  const columnOf = (name: string): number => fields.find((field) => field.name === name)?.column ?? -1;
  const readings = terms.vcpuReadings.map(({ key }) => columnOf(key));
  const isTelling = own.fields.includes('vcpu') && readings.some((column) => column >= 0);
  return {
    kind: own.kind,
    fields,
    tellings: isTelling ? [{ vcpu: columnOf('vcpu'), readings }] : [],
    about: aboutOf(fields),
    own,
  };
}

function aboutOf(fields: readonly Field[]): Field | null {
  const named = (wanted: string): Field | undefined => fields.find(({ name }) => name === wanted);
  return named('vcpu') ?? named('vm') ?? null;
}

const PLAIN = { what: 'number', reading: null, words: null } as const;

const WHAT: Readonly<Record<string, 'vCPU' | 'pCPU' | 'VM'>> = {
  vcpu: 'vCPU',
  prev: 'vCPU',
  next: 'vCPU',
  pcpu: 'pCPU',
  from: 'pCPU',
  to: 'pCPU',
  vm: 'VM',
};

function whatIs(name: string): Pick<Field, 'what'> | Record<string, never> {
  return name in WHAT ? { what: WHAT[name] } : {};
}

function readingFields(readings: readonly Reading[], column: number, whose: '' | 'prev' | 'next'): Field[] {
  return readings.map((reading, i) => ({
    ...PLAIN,
    name: whose === '' ? reading.key : `${whose}${reading.key[0].toUpperCase()}${reading.key.slice(1)}`,
    column: column + i,
    what: 'reading',
    reading,
  }));
}

function wordsOf(
  kind: KindName,
  name: string,
  { reasons, choices }: PolicyTerms,
): Pick<Field, 'what' | 'words'> | Record<string, never> {
  const byKey = (list: readonly { readonly key: string; readonly value: number }[]): Map<string, number> =>
    new Map(list.map(({ key, value }) => [key, value]));
  const found =
    name === 'reason'
      ? byKey(reasons)
      : name === 'choice'
        ? byKey(choices)
        : name === 'why'
          ? new Map(Object.entries<number>(kind === 'exit' ? Exit : Left))
          : null;
  return found === null ? {} : { what: 'word', words: found };
}
