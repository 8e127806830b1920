/**
 * How the decisions of a policy are explained. Any policy can be by its terms alone; one that has more to say has a
 * folder here, and a line in the table.
 */
import { isDeepStrictEqual } from 'node:util';
import { CREDIT_TERMS } from '../../core/credit1/terms.ts';
import type { PolicyTerms } from '../../core/policy-terms.ts';
import type { Trace } from '../trace.ts';
import { COMMON_WORDS } from './common-words.ts';
import { CREDIT_WORDS } from './credit1/credit-words.ts';
import type { PolicyWords } from './policy-words.ts';

const KNOWN: readonly { readonly terms: PolicyTerms; readonly words: Partial<PolicyWords> }[] = [
  { terms: CREDIT_TERMS, words: CREDIT_WORDS },
];

const FOUND = new WeakMap<PolicyTerms, PolicyWords>();

/** By the terms as a whole, and not by the type alone: other words would misread a file whose terms are different. */
export function policyWords({ header }: Trace): PolicyWords {
  const { policy } = header;
  let words = FOUND.get(policy);
  if (words === undefined) {
    const known = KNOWN.find(({ terms }) => terms === policy || isDeepStrictEqual(terms, policy));
    words = { ...COMMON_WORDS, ...known?.words };
    FOUND.set(policy, words);
  }
  return words;
}
