/** What a policy did that no policy may do, for whoever runs one that isn't trusted. */

/** By name, so that one kind can be told from another. */
export const FAULTS = {
  threw: 'it threw an error',
  nonsense: 'it answered something that is no answer',
  'not-runnable': 'it ran a vCPU that cannot run',
  twice: 'it ran one vCPU on two pCPUs',
  pinned: 'it ran a vCPU where its pin forbids it',
  forgotten: 'it forgot a vCPU that can run',
  untrue: 'what it shows or tells of itself is not so',
  unsteady: 'it answers the same question in two ways',
  restless: 'it decides again and again, and time cannot go on',
  endless: 'a call did not return',
} as const;
export type FaultKind = keyof typeof FAULTS;

export class PolicyFault extends Error {
  readonly kind: FaultKind;
  /** the message says when it was */
  readonly isPlaced: boolean;

  /** @param message what it did, as a clause: `choose() returned NaN` */
  constructor(
    kind: FaultKind,
    message: string,
    { isPlaced = false, cause }: { readonly isPlaced?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'PolicyFault';
    this.kind = kind;
    this.isPlaced = isPlaced;
  }
}

/** By name: a policy module may have brought another copy of the class. */
export function isPolicyFault(error: unknown): error is PolicyFault {
  return error instanceof Error && error.name === 'PolicyFault';
}

/** A value in an error message: short, and never throwing. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'string':
      return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
    case 'bigint':
      return `${String(value)}n, a BigInt`;
    case 'symbol':
    case 'function':
      return `a ${typeof value}`;
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? 'an array' : 'an object';
  }
}
