import { readFileSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { LabError } from '../base/errors.ts';
import { unreadable } from '../base/files.ts';
import { IDLE } from '../core/policy.ts';
import { parseLine } from './line.ts';
import { Column, FIELDS, KIND_NAMES, WIDTH } from './record.ts';
import { sortedByTime, type Trace, TRACE_FORMAT, TRACE_VERSION, type TraceHeader, type TraceVcpu } from './trace.ts';

const EXPECTED = 'a file of creditlab run --trace';

interface Ending {
  readonly endNs: number | null;
  readonly complete: boolean;
  readonly lostIntents: number;
  readonly lostFacts: number;
}

/**
 * All runs in a trace file. One that breaks off is read as far as it goes.
 * @throws LabError BAD_FILE with path and line
 */
export function readTraces(path: string): Trace[] {
  const lines = textOf(path).split('\n');
  const isCut = lines.pop() !== '';
  const builders: Builder[] = [];
  for (const [index, line] of lines.entries()) {
    const fail = (message: string, expected?: string): never => {
      throw badFile(`${path}:${index + 1}`, message, expected);
    };
    const value = parsed(line) ?? fail('this is not a line of JSON', EXPECTED);
    if (Array.isArray(value)) {
      const builder = builders.at(-1) ?? fail('a record before any header', `a header ("${TRACE_FORMAT}")`);
      const problem = builder.add(value);
      if (problem !== null) fail(problem);
    } else if ('end' in value) {
      builders.at(-1)?.end(value.end as Ending);
    } else {
      builders.push(new Builder(headerOf(value, fail)));
    }
  }
  if (builders.length === 0) {
    throw badFile(path, isCut ? 'this is no trace' : 'the file is empty', EXPECTED);
  }
  return builders.map((builder) => builder.trace());
}

/** The records of one run, while they are read. */
class Builder {
  private readonly header: TraceHeader;
  private rows = new Float64Array(1024 * WIDTH);
  private count = 0;
  private ending: Ending | null = null;

  constructor(header: TraceHeader) {
    this.header = header;
  }

  add(line: readonly unknown[]): string | null {
    if (this.count * WIDTH === this.rows.length) {
      const grown = new Float64Array(2 * this.rows.length);
      grown.set(this.rows);
      this.rows = grown;
    }
    const row = this.rows.subarray(this.count * WIDTH, (this.count + 1) * WIDTH);
    const problem = parseLine(line, row) ?? idFault(row, this.header);
    if (problem === null) this.count++;
    return problem;
  }

  end(ending: Ending): void {
    this.ending = ending;
  }

  trace(): Trace {
    const { header, rows, count, ending } = this;
    return {
      header,
      rows: sortedByTime(rows, count),
      count,
      endNs: ending?.endNs ?? NaN,
      complete: ending?.complete ?? false,
      lost: { intents: ending?.lostIntents ?? 0, facts: ending?.lostFacts ?? 0, forgotten: 0 },
    };
  }
}

function headerOf(value: object, fail: (message: string, expected?: string) => never): TraceHeader {
  const header = value as Partial<TraceHeader>;
  if (header.format !== TRACE_FORMAT) fail('this is no trace', `"format": "${TRACE_FORMAT}"`);
  if (header.version !== TRACE_VERSION)
    fail(`a trace of version ${String(header.version)}`, `version ${TRACE_VERSION}`);
  if (!isWhole(header)) fail('the header is incomplete', 'a scenario with its pCPUs and VMs, and the vCPUs');
  return header as TraceHeader;
}

function isWhole({ scenario, vcpus }: Partial<TraceHeader>): boolean {
  return (
    Array.isArray(scenario?.pcpus) &&
    Array.isArray(scenario.vms) &&
    Array.isArray(vcpus) &&
    vcpus.every(
      ({ id, vm }: Partial<TraceVcpu>) => typeof id === 'string' && scenario.vms[vm ?? -1] !== undefined,
    )
  );
}

function textOf(path: string): string {
  const bytes = bytesOf(path);
  try {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    // Cut off in the middle of a chunk, what came before it is still good.
    return (isGzip ? gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }) : bytes).toString('utf8');
  } catch (cause) {
    throw new LabError(
      'BAD_FILE',
      `the file is no gzip (${(cause as NodeJS.ErrnoException).code ?? 'broken'})`,
      {
        where: path,
        cause,
      },
    );
  }
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw unreadable(path, cause, EXPECTED);
  }
}

function parsed(line: string): unknown[] | object | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function badFile(where: string, message: string, expected?: string): LabError {
  return new LabError('BAD_FILE', message, { where, ...(expected !== undefined && { expected }) });
}

/** What a field counts, and from where on: there may be no vCPU where one could be. */
const COUNTED: Readonly<Record<string, readonly ['vCPU' | 'pCPU' | 'VM', number]>> = {
  vcpu: ['vCPU', 0],
  prev: ['vCPU', IDLE],
  next: ['vCPU', IDLE],
  pcpu: ['pCPU', 0],
  from: ['pCPU', 0],
  to: ['pCPU', 0],
  vm: ['VM', 0],
};

const BY_KIND = KIND_NAMES.map((kind) =>
  FIELDS[kind].flatMap((field, i) => (field in COUNTED ? [{ column: Column.fields + i, field }] : [])),
);

/** Everything that reads a trace uses these numbers as indices. @returns what is wrong with a row, or null */
function idFault(row: Float64Array, { scenario, vcpus }: TraceHeader): string | null {
  const counts = { vCPU: vcpus.length, pCPU: scenario.pcpus.length, VM: scenario.vms.length };
  for (const { column, field } of BY_KIND[row[Column.kind]]) {
    const [what, least] = COUNTED[field];
    const id = row[column];
    if (!Number.isInteger(id) || id < least || id >= counts[what])
      return `a ${KIND_NAMES[row[Column.kind]]} record names ${what} ${id} of ${counts[what]}`;
  }
  return null;
}
