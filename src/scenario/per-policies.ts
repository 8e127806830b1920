import { policyGeneration } from '../policies.ts';

/** Something made from what policies declare: anew once another one was loaded from a file. */
export function perPolicies<T>(make: () => T): () => T {
  let made: { readonly generation: number; readonly value: T } | null = null;
  return () => {
    const generation = policyGeneration();
    if (made?.generation !== generation) made = { generation, value: make() };
    return made.value;
  };
}
