/** `--schedulers a,b,./mine.mjs`: which schedulers are compared. */
import { LabError } from '../base/errors.ts';
import { nearestName } from '../base/text.ts';
import { isPolicyPath } from '../policy-file/policy-path.ts';
import { loadPolicyType } from '../policy-file/load.ts';
import { knownPolicyType, POLICY_TYPES } from '../policies.ts';
import { complaint } from '../scenario/flag-spot.ts';

const OPTION = '--schedulers';
const EXPECTED = 'at least two names with commas between them, as in credit,credit2';

type Place = Parameters<typeof complaint>[0];

/**
 * Their types; policy modules are loaded.
 * @throws LabError BAD_OPTION for one that isn't there, one that comes twice, or fewer than two; BAD_POLICY
 */
export async function schedulerList(text: string): Promise<readonly string[]> {
  const types: string[] = [];
  let start = 0;
  for (const written of text.split(',')) {
    const place = { option: OPTION, text, start, order: -1 };
    const type = await typeOf(written, place);
    if (types.includes(type)) {
      throw complaint(place, 'a scheduler is there twice', { expected: 'each once', got: `'${written}'` });
    }
    types.push(type);
    start += written.length + 1;
  }
  if (types.length < 2) {
    throw complaint({ option: OPTION, text, start: 0, order: -1 }, 'there is nothing to compare', {
      expected: EXPECTED,
      got: `'${text}' alone`,
      hint: `creditlab sim FILE --scheduler ${text} plays a scenario under one`,
    });
  }
  return types;
}

async function typeOf(written: string, place: Place): Promise<string> {
  if (!isPolicyPath(written)) {
    if (knownPolicyType(written) === null) throw unknown(written, place);
    return written;
  }
  try {
    const { type } = await loadPolicyType(written);
    return type;
  } catch (error) {
    if (!(error instanceof LabError) || error.details.where !== undefined) throw error;
    throw new LabError(error.code, error.message, { ...error.details, where: OPTION });
  }
}

function unknown(type: string, place: Place): LabError {
  const known = POLICY_TYPES.map((each) => each.type);
  const [name] = type.split(':');
  if (name !== type && known.includes(name)) {
    return complaint(place, 'only names are expected here', {
      expected: EXPECTED,
      got: `'${type}'`,
      hint: "parameters are those of the file's own scheduler; the others have their defaults",
    });
  }
  const near = nearestName(type, known);
  return complaint(place, 'unknown scheduler', {
    expected:
      type === ''
        ? EXPECTED
        : `one of: ${known.join(', ')}; or the path of a policy module, such as ./mine.mjs`,
    got: type === '' ? 'nothing' : `'${type}'`,
    hint: near === null ? 'docs/schedulers.md says what each does' : `did you mean '${near}'?`,
  });
}
