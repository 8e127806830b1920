/** The form of a golden file. A file of another form is refused before anything is run. */
import { z } from 'zod';
import type { GoldenDialect } from './dialect.ts';
import { DIALECTS, dialectOf, dialectTypes } from './dialects.ts';

/** The whole file, each record included, of any policy. */
export const goldenSchema = z.union(DIALECTS.map(wholeFile)).meta({
  title: 'creditlab golden file',
  description: 'A scenario, and what the genuine scheduler did with it in virtual time. Times from t = 0.',
});

function wholeFile({ fileSchema, recordSchema }: GoldenDialect) {
  return fileSchema.extend({ trace: z.array(recordSchema) });
}

/** What is looked at before the dialect is known. */
const anyFile = z.object({ policy: z.string().exactOptional() });

interface Problem {
  readonly what: string;
  readonly expected?: string;
}

/** The first thing that is wrong with it, or null. */
export function goldenProblem(value: unknown): Problem | null {
  const known = anyFile.safeParse(value);
  if (!known.success) return problemOf(known.error);
  const { policy } = known.data;
  const dialect = dialectOf(policy);
  if (dialect === null)
    return { what: `policy: there is none of ${String(policy)}`, expected: dialectTypes() };
  const parsed = dialect.fileSchema.safeParse(value);
  if (!parsed.success) return problemOf(parsed.error);
  return contentProblem(parsed.data as unknown as Content);
}

/** As far as every dialect's schema has made sure of it. */
interface Content {
  readonly trace: readonly unknown[];
  readonly scenario: { readonly vms: readonly { readonly vcpus: readonly unknown[] }[] };
  readonly result: { readonly vcpus: readonly unknown[] };
}

function contentProblem({ trace, scenario, result }: Content): Problem | null {
  const index = trace.findIndex((record) => !isRecord(record));
  if (index >= 0) return { what: `trace.${String(index)} is no record`, expected: '[kind, time in ns, …]' };
  const vcpus = scenario.vms.reduce((sum, vm) => sum + vm.vcpus.length, 0);
  if (result.vcpus.length === vcpus) return null;
  return { what: `result.vcpus has ${String(result.vcpus.length)} entries`, expected: String(vcpus) };
}

function problemOf({ issues: [issue] }: z.ZodError): Problem {
  const at = issue.path.map(String).join('.');
  return { what: at === '' ? issue.message : `${at}: ${issue.message}` };
}

function isRecord(value: unknown): boolean {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number';
}
