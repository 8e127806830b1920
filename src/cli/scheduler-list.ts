/** `--schedulers a,b,c`: which schedulers are compared. */
import type { LabError } from '../base/errors.ts';
import { nearestName } from '../base/text.ts';
import { POLICY_TYPES } from '../policies.ts';
import { complaint } from '../scenario/flag-spot.ts';

const OPTION = '--schedulers';
const EXPECTED = 'at least two names with commas between them, as in credit,credit2';

/** @throws LabError BAD_OPTION for one that isn't there, one that comes twice, or fewer than two */
export function schedulerList(text: string): readonly string[] {
  const types: string[] = [];
  let start = 0;
  for (const type of text.split(',')) {
    const place = { option: OPTION, text, start, order: -1 };
    if (!POLICY_TYPES.some((each) => each.type === type)) throw unknown(type, place);
    if (types.includes(type)) {
      throw complaint(place, 'a scheduler is there twice', { expected: 'each once', got: `'${type}'` });
    }
    types.push(type);
    start += type.length + 1;
  }
  if (types.length < 2) {
    throw complaint({ option: OPTION, text, start: 0, order: -1 }, 'there is nothing to compare', {
      expected: EXPECTED,
      got: `'${text}' alone`,
      hint: `creditlab sim FILE --scheduler ${types[0]} plays a scenario under one`,
    });
  }
  return types;
}

function unknown(type: string, place: Parameters<typeof complaint>[0]): LabError {
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
    expected: type === '' ? EXPECTED : `one of: ${known.join(', ')}`,
    got: type === '' ? 'nothing' : `'${type}'`,
    hint: near === null ? 'docs/schedulers.md says what each does' : `did you mean '${near}'?`,
  });
}
