/** From the file of a policy to its declaration, known under its name from then on. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { policyTypeFrom } from '../core/define-policy.ts';
import type { PolicyType } from '../core/policy-type.ts';
import { allPolicyTypes, policyAt, registerPolicy, typeOfFile } from '../policies.ts';
import { importModule } from './import-module.ts';
import { resolveOwnPackage } from './own-package.ts';
import { badPolicy, requireModule } from './policy-path.ts';
import { definitionIn } from './shape.ts';
import { tryOut } from './try-out.ts';

/**
 * Load a policy from a file, check its declaration, and make it known under its name. Once for each file: what is in
 * the file later doesn't matter to this process.
 * @param path a path or a file URL
 * @param baseDir where relative paths start from
 * @param name what it is called; default: as its file is, with as much of its path as tells it from others
 * @throws LabError BAD_POLICY with the file, what was expected and what came
 */
export async function loadPolicyType(
  path: string,
  baseDir = process.cwd(),
  name?: string,
): Promise<PolicyType> {
  const url = requireModule(path, resolve(baseDir));
  const known = policyAt(url);
  if (known !== null) return known;
  resolveOwnPackage();
  const file = fileURLToPath(url);
  const definition = definitionIn(await importModule(url), file);
  const policy = policyTypeFrom(definition, name ?? typeOfFile(url));
  requireUnits(policy, file);
  tryOut(policy, file);
  registerPolicy(policy, url);
  return policy;
}

/** Values are read by their keys, before it is known of which scheduler they are. @throws LabError BAD_POLICY */
function requireUnits({ parameters, vmParameters }: PolicyType, file: string): void {
  for (const other of allPolicyTypes()) {
    const theirs = [...other.parameters, ...other.vmParameters];
    for (const { key, unit } of [...parameters, ...vmParameters]) {
      const same = theirs.find((each) => each.key === key);
      if (same === undefined || same.unit === unit) continue;
      throw badPolicy(`the unit of ${key} is another one than that of the scheduler ${other.type}`, {
        where: file,
        expected: same.unit,
        got: unit,
        hint: 'give the parameter another key',
      });
    }
  }
}
