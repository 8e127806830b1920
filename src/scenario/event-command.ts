/** An event of a scenario file is a command with a time, written a little shorter. */
import type { LabErrorDetails } from '../base/errors.ts';
import { without } from '../base/keys.ts';
import { policyTypeOf } from '../policies.ts';
import type { CommandInput } from './command.ts';
import { declaredKeys, tunableKeys } from './parameters.ts';
import { perPolicies } from './per-policies.ts';
import type { EventInput } from './schema.ts';
import type { Path, Source } from './source.ts';
import { mistake } from './validate.ts';

type Keys = Readonly<Record<string, unknown>>;

/** By the key that says what an event does: what may stand beside it, and the command that it is. */
const KINDS = {
  scheduler: { beside: [], command: ({ scheduler }: Keys) => ({ command: 'tune', scheduler }) },
  create: { beside: [], command: ({ create }: Keys) => ({ command: 'create', vm: create }) },
  mark: { beside: [], command: ({ mark }: Keys) => ({ command: 'mark', text: mark }) },
  action: { beside: ['vm'], command: ({ action, ...rest }: Keys) => ({ command: action, ...rest }) },
  workload: { beside: ['vm', 'size', 'work'], command: (event: Keys) => ({ command: 'workload', ...event }) },
  pin: { beside: ['vm', 'vcpu'], command: (event: Keys) => ({ command: 'pin', ...event }) },
  parameters: { beside: ['vm'], command: (event: Keys) => ({ command: 'set', ...event }) },
} as const;
type Kind = keyof typeof KINDS;

const vmKeys = perPolicies((): readonly string[] => declaredKeys('vm').map(({ key }) => key));

/** What a command calls what an event calls otherwise. */
const EVENT_KEYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  scheduler: { command: 'scheduler' },
  create: { vm: 'create', command: 'create' },
  mark: { text: 'mark', command: 'mark' },
  action: { command: 'action' },
};

/**
 * @param index of the event in the file's list
 * @returns the command, and its source: complaints about it lead to the event
 */
export function commandOf(
  input: EventInput,
  index: number,
  schedulerType: string,
  source: Source,
): { readonly command: CommandInput; readonly source: Source } {
  const base: Path = ['events', index];
  const written = (source.value as { readonly events: readonly Keys[] }).events[index];
  const kind = kindOf(written, base, schedulerType, source);
  const locate: Source['locate'] = ([key, ...rest], part) => {
    if (key === undefined) return source.locate(base, part);
    return source.locate([...base, EVENT_KEYS[kind]?.[key] ?? key, ...rest], part);
  };
  return {
    // The schema has read each value, and kindOf() has seen to it that the keys are those of this command.
    command: translated(kind, input) as unknown as CommandInput,
    source: { ...source, value: translated(kind, written), locate },
  };
}

function translated(kind: Kind, event: Keys): Keys {
  return KINDS[kind].command(without(event, 'at'));
}

function kindOf(event: Keys, base: Path, schedulerType: string, source: Source): Kind {
  const has = (key: string) => event[key] !== undefined;
  const wrong = (key: string, message: string, details: LabErrorDetails) =>
    mistake(source.locate([...base, key], 'key'), message, details);
  const expected = kinds(schedulerType);
  const all = Object.keys(KINDS) as Kind[];
  const found = all.filter((kind) => (kind === 'parameters' ? vmKeys().some(has) : has(kind)));
  const [kind] = found;
  if (found.length === 0) {
    const key = ['size', 'work', 'vcpu'].find(has);
    if (key === undefined) throw mistake(source.locate(base), 'the event has no effect', { expected });
    const missing = key === 'vcpu' ? 'pin' : 'workload';
    throw wrong(key, `'${key}' stands alone`, { expected: `${missing} beside it` });
  }
  if (kind === 'scheduler' && (found.length > 1 || has('vm'))) {
    throw wrong(kind, 'an event changes a VM or the scheduler, not both', {
      expected,
      hint: 'write two events with the same time',
    });
  }
  if (found.length > 1) {
    throw wrong(kind, 'an event does one thing', { expected, hint: 'write two events with the same time' });
  }
  const { beside } = KINDS[kind];
  const own: readonly string[] = kind === 'parameters' ? vmKeys() : [kind];
  const other = Object.keys(event).find(
    (key) => key !== 'at' && has(key) && !own.includes(key) && !(beside as readonly string[]).includes(key),
  );
  if (other !== undefined) throw wrong(other, `'${other}' has no meaning beside '${own[0]}'`, { expected });
  if ((beside as readonly string[]).includes('vm') && !has('vm')) {
    throw mistake(source.locate(base), 'the event names no VM', { expected: 'vm: the name of one' });
  }
  return kind;
}

/** All that an event may do under a scheduler. */
function kinds(schedulerType: string): string {
  const { parameters, vmParameters } = policyTypeOf(schedulerType);
  const [ofVm, ofScheduler] = [tunableKeys(vmParameters), tunableKeys(parameters)];
  return [
    'one of: vm with action (pause, unpause or destroy)',
    ...(ofVm.length > 0 ? [`vm with ${ofVm.join(' and/or ')}`] : []),
    'vm with pin, and vcpu if it is for one',
    'vm with workload',
    ...(ofScheduler.length > 0 ? [`scheduler with ${ofScheduler.join(' and/or ')}`] : []),
    'create with a VM',
    'mark with a text',
  ].join('; ');
}
