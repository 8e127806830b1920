/**
 * Results as CSV (RFC 4180: CRLF, quotes doubled): a header, then a line per vCPU and run.
 *
 * The columns are the fields for which the result's schema names one, in its order: first those of the run, then those
 * of the VM (`vm…`), then those of the vCPU. Times in ns, empty where there is no value.
 */
import { z } from 'zod';
import { bandSchema } from '../analysis/schema.ts';
import { type FieldWords, unwrapped, wordsOf } from '../base/schema.ts';
import { allPolicyTypes } from '../policies.ts';
import { type RunResult, runSchema } from '../result/result.ts';
import { type VcpuResult, vcpuSchema, vmSchema } from '../result/vm-result.ts';

type Cell = string | number | boolean | null;

interface CsvColumn {
  readonly name: string;
  readonly behind: string | undefined;
  /** @param value of the run, the VM or the vCPU */
  readonly read: (value: unknown) => Cell;
}

const RUN = inOrder(columnsOf(runSchema));
const VM = inOrder(columnsOf(vmSchema));
/** What only some schedulers count: a column for each of them, whichever they had. */
function counterKeys(): string[] {
  return [...new Set(allPolicyTypes().flatMap(({ counters }) => counters.map(({ key }) => key)))];
}
function vcpuColumns() {
  return inOrder([
    ...columnsOf(vcpuSchema),
    ...counterKeys().map((key): CsvColumn => {
      const read = (vcpu: unknown): Cell => (vcpu as VcpuResult).counters?.[key] ?? null;
      return { name: key, behind: 'dispatches', read };
    }),
  ]);
}

function headerOf(vcpu: ReturnType<typeof vcpuColumns>): readonly string[] {
  return ['row', 'run', ...[...RUN, ...VM, ...vcpu].map(({ name }) => name)];
}

/** Where all schedulers are built in. */
export const CSV_HEADER: readonly string[] = headerOf(vcpuColumns());

export interface CsvRow {
  /** a lab's row, or the scenario's name */
  readonly label: string;
  readonly runs: readonly RunResult[];
}

/** @returns the whole file; runs are numbered from 1 within their row */
export function toCsv(rows: readonly CsvRow[]): string {
  const vcpuCells = vcpuColumns();
  const lines: Cell[][] = [[...headerOf(vcpuCells)]];
  for (const { label, runs } of rows) {
    for (const [index, run] of runs.entries()) {
      const ofRun = [label, index + 1, ...cellsOf(RUN, run)];
      for (const vm of run.vms) {
        const ofVm = cellsOf(VM, vm);
        for (const vcpu of vm.vcpus) lines.push([...ofRun, ...ofVm, ...cellsOf(vcpuCells, vcpu)]);
      }
    }
  }
  return lines.map((line) => `${line.map(quote).join(',')}\r\n`).join('');
}

function cellsOf(columns: readonly CsvColumn[], value: unknown): Cell[] {
  return columns.map(({ read }) => read(value));
}

/** Columns of an object and of the objects in it. A line is about one VM and one vCPU: their lists are left out. */
function columnsOf(schema: z.ZodObject): readonly CsvColumn[] {
  return Object.entries(schema.shape as Readonly<Record<string, z.core.$ZodType>>).flatMap(([key, field]) => {
    const words = wordsOf(field);
    const { inner, isList } = unwrapped(field);
    const of = (value: unknown): unknown => (value as Record<string, unknown>)[key] ?? null;
    if (words?.column !== undefined) return fieldColumns(words.column, words, inner, of);
    if (!(inner instanceof z.ZodObject) || inner === vmSchema || inner === vcpuSchema) return [];
    return columnsOf(inner).map(({ read, ...rest }) => ({
      ...rest,
      read: (value: unknown) => {
        const nested = of(value);
        if (isList) return sumOf((nested as readonly unknown[]).map(read));
        return nested === null ? null : read(nested);
      },
    }));
  });
}

/** One column; three of a band. */
function fieldColumns(
  name: string,
  { behind, otherwise }: FieldWords,
  schema: z.core.$ZodType,
  of: (value: unknown) => unknown,
): CsvColumn[] {
  const column = (suffix: string, read: CsvColumn['read']) => ({ name: name + suffix, behind, read });
  if (schema !== bandSchema) return [column('', (value) => (of(value) as Cell) ?? otherwise ?? null)];
  const ends = [
    ['', 'median'],
    ['Min', 'min'],
    ['Max', 'max'],
  ] as const;
  return ends.map(([suffix, end]) =>
    column(suffix, (value) => (of(value) as z.infer<typeof bandSchema> | null)?.[end] ?? null),
  );
}

/** Null when one of them isn't known. */
function sumOf(cells: readonly Cell[]): number | null {
  return cells.reduce(
    (sum: number | null, cell) => (sum === null || typeof cell !== 'number' ? null : sum + cell),
    0,
  );
}

/** @throws TypeError when there is no column where one is to stand behind it */
function inOrder(columns: readonly CsvColumn[]): readonly CsvColumn[] {
  const ordered = columns.filter(({ behind }) => behind === undefined);
  for (const column of columns) {
    if (column.behind === undefined) continue;
    const index = ordered.findIndex(({ name }) => name === column.behind);
    if (index >= 0) ordered.splice(index + 1, 0, column);
    else throw new TypeError(`no column ${column.behind} for ${column.name} to stand behind`);
  }
  return ordered;
}

function quote(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
