/**
 * Policy modules that a scenario or a lab names in place of a scheduler: `scheduler: { type: ./mine.mjs }`. They are
 * loaded before the document is read, since what may stand in it follows from what they declare; and from then on the
 * name of the policy stands where the path stood.
 */
import { LabError } from '../base/errors.ts';
import { loadPolicyType } from '../policy-file/load.ts';
import { isPolicyPath, policyUrl, typeIn } from '../policy-file/policy-path.ts';
import { knownPolicyType, policyAt } from '../policies.ts';
import type { Path, Source } from './source.ts';

/** The same document, once all policy modules that it names are loaded. @throws LabError BAD_POLICY */
export async function withPolicies(source: Source): Promise<Source> {
  for (const path of schedulersIn(source.value)) {
    const written = typeAt(source.value, path);
    if (written === null) continue;
    try {
      await loadPolicyType(written.type, source.baseDir);
    } catch (error) {
      throw placed(error, () => source.locate([...path, ...written.within]));
    }
  }
  return withPolicyNames(source);
}

/** Whether a scheduler, as a mapping or its type alone, is a policy module that isn't loaded yet. */
export function isUnloaded(scheduler: unknown): boolean {
  const type = typeof scheduler === 'string' ? scheduler : at(scheduler, ['type']);
  return typeof type === 'string' && isPolicyPath(type) && knownPolicyType(type) === null;
}

/** The same for `--scheduler`, whose paths start from the current directory. @throws LabError BAD_POLICY */
export async function loadNamedPolicy(option: string | undefined): Promise<void> {
  const type = option === undefined ? '' : typeIn(option);
  if (!isPolicyPath(type)) return;
  try {
    await loadPolicyType(type);
  } catch (error) {
    throw placed(error, () => ({ where: '--scheduler' }));
  }
}

/** The same document with the names of those policy modules that are loaded. */
export function withPolicyNames(source: Source): Source {
  let { value } = source;
  for (const path of schedulersIn(value)) {
    const written = typeAt(value, path);
    const type = written === null ? null : nameOfFile(written.type, source.baseDir);
    if (written !== null && type !== null) value = replaced(value, [...path, ...written.within], type);
  }
  return value === source.value ? source : { ...source, value };
}

/** What the policy from a file is called, if it is loaded. */
export function nameOfFile(path: string, baseDir: string): string | null {
  if (!isPolicyPath(path)) return null;
  try {
    return policyAt(policyUrl(path, baseDir))?.type ?? null;
  } catch {
    // No URL at all: the schema complains of it.
    return null;
  }
}

/** Where a scheduler may stand in a scenario or a lab. */
function schedulersIn(document: unknown): Path[] {
  const rows = at(document, ['rows']);
  return [
    ['scheduler'],
    ['scenario', 'scheduler'],
    ...(Array.isArray(rows) ? rows.map((_, index) => ['rows', index, 'scheduler']) : []),
  ];
}

/** The path of a policy module there, alone or in a mapping; null: there is none. */
function typeAt(document: unknown, path: Path): { readonly type: string; readonly within: Path } | null {
  const scheduler = at(document, path);
  const within = typeof scheduler === 'string' ? [] : ['type'];
  const type = at(scheduler, within);
  return typeof type === 'string' && isPolicyPath(type) ? { type, within } : null;
}

function at(value: unknown, path: Path): unknown {
  return path.reduce((found: unknown, step) => (isObject(found) ? found[step] : undefined), value);
}

function replaced(value: unknown, [step, ...rest]: Path, by: string): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === step ? replaced(item, rest, by) : item));
  return isObject(value) ? { ...value, [step]: replaced(value[step], rest, by) } : value;
}

function isObject(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** What is wrong with the path itself is wrong where it is written; what is in the file, there. */
function placed(error: unknown, place: () => { readonly where: string; readonly excerpt?: string }): unknown {
  if (!(error instanceof LabError) || error.details.where !== undefined) return error;
  const { where, excerpt } = place();
  return new LabError(error.code, error.message, {
    ...error.details,
    where,
    ...(excerpt !== undefined && { excerpt }),
  });
}
