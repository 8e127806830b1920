import { readFileSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { LabError, type LabErrorDetails } from '../base/errors.ts';
import { unreadable } from '../base/files.ts';
import { knownPolicyType, rememberRecorded } from '../policies.ts';
import { idProblem } from './check-ids.ts';
import { type Ending, endingOf, growthProblem, headerProblem } from './header-schema.ts';
import { parseLine } from './line.ts';
import { WIDTH } from './record.ts';
import type { Growth, Trace, TraceHeader, UntimedGrowth } from './trace.ts';
import { GrowingHeader, sortedByTime, TRACE_FORMAT, TRACE_VERSION } from './trace.ts';
import { vocabularyOf, type Vocabulary } from './vocabulary.ts';

/** @throws LabError with the place */
type Fail = (message: string, details?: Pick<LabErrorDetails, 'expected' | 'hint'>) => never;

const EXPECTED = 'a file of creditlab run --trace';

/**
 * All runs in a trace file. One that breaks off is read as far as it goes.
 * @throws LabError BAD_FILE with path and line
 */
export function readTraces(path: string): Trace[] {
  const lines = textOf(path).split('\n');
  const isCut = lines.pop() !== '';
  const builders: Builder[] = [];
  for (const [index, line] of lines.entries()) {
    const fail: Fail = (message, details = {}) => {
      throw new LabError('BAD_FILE', message, { where: `${path}:${index + 1}`, ...details });
    };
    const value = parsed(line) ?? fail('this is not a line of JSON', { expected: EXPECTED });
    const lastOr = (what: string): Builder =>
      builders.at(-1) ?? fail(`${what} before any header`, { expected: `a header ("${TRACE_FORMAT}")` });
    if (Array.isArray(value)) {
      const builder = lastOr('a record');
      const problem = builder.add(value);
      if (problem !== null) fail(problem);
    } else if ('grown' in value) {
      const problem = growthProblem(value.grown);
      if (problem !== null) fail(`the growth is malformed: ${problem}`);
      lastOr('a growth').grow(value.grown as Growth | UntimedGrowth);
    } else if ('end' in value) {
      const builder = lastOr('an end');
      const ending = endingOf(value.end);
      builder.end(typeof ending === 'string' ? fail(`the end is malformed: ${ending}`) : ending);
    } else {
      builders.push(new Builder(headerOf(value, fail)));
    }
  }
  if (builders.length === 0) {
    throw new LabError('BAD_FILE', isCut ? 'this is no trace' : 'the file is empty', {
      where: path,
      expected: EXPECTED,
    });
  }
  return builders.map((builder) => builder.trace());
}

/** The records of one run, while they are read. */
class Builder {
  private header: TraceHeader;
  private readonly growing: GrowingHeader;
  private readonly vocabulary: Vocabulary;
  private rows = new Float64Array(1024 * WIDTH);
  private count = 0;
  private ending: Ending | null = null;

  constructor(header: TraceHeader) {
    this.header = header;
    this.growing = new GrowingHeader(header);
    this.vocabulary = vocabularyOf(header.policy);
  }

  add(line: readonly unknown[]): string | null {
    if (this.count * WIDTH === this.rows.length) {
      const grown = new Float64Array(2 * this.rows.length);
      grown.set(this.rows);
      this.rows = grown;
    }
    const row = this.rows.subarray(this.count * WIDTH, (this.count + 1) * WIDTH);
    const problem = parseLine(line, row, this.vocabulary) ?? idProblem(row, this.header);
    if (problem === null) this.count++;
    return problem;
  }

  grow(growth: Growth | UntimedGrowth): void {
    this.growing.grow(growth);
    // Records of a new VM must be known by name.
    if ('vm' in growth) this.header = this.growing.header();
  }

  end(ending: Ending): void {
    this.ending = ending;
  }

  trace(): Trace {
    const { growing, rows, count, ending } = this;
    return {
      header: growing.header(),
      rows: sortedByTime(rows, count),
      count,
      endNs: ending?.endNs ?? NaN,
      complete: ending?.complete ?? false,
      lost: { intents: ending?.lostIntents ?? 0, facts: ending?.lostFacts ?? 0, forgotten: 0 },
    };
  }
}

function headerOf(value: object, fail: Fail): TraceHeader {
  const header = value as Partial<TraceHeader>;
  if (header.format !== TRACE_FORMAT) fail('this is no trace', { expected: `"format": "${TRACE_FORMAT}"` });
  // In version 1 the meaning of the numbers stood in the program, and records lack what readers now ask of them.
  if (header.version !== TRACE_VERSION) {
    fail(`a trace of version ${String(header.version)}`, {
      expected: `version ${TRACE_VERSION}`,
      hint: `record it again, or read it with the creditlab that wrote it${writerOf(header)}`,
    });
  }
  const problem = headerProblem(value);
  if (problem !== null) fail(`the header is malformed: ${problem}`);
  const whole = header as TraceHeader;
  const { policy, parameters = { scheduler: [], vm: [] } } = whole;
  if (knownPolicyType(policy.type) === null) rememberRecorded(policy, parameters.scheduler, parameters.vm);
  return whole;
}

function writerOf({ generator }: Partial<TraceHeader>): string {
  const version: unknown = generator?.version;
  return typeof version === 'string' ? ` (${version})` : '';
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
