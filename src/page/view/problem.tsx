import type { Refused } from '../model/wish.ts';

/** What the host says against a value, beside the control that sent it. */
export function Problem({ refused, id }: { readonly refused: Refused | null; readonly id?: string }) {
  if (refused === null) return null;
  const { message, expected, hint } = refused;
  return (
    <p class="problem" role="alert" id={id}>
      <strong>{message}</strong>
      {expected !== undefined && <span>expected {expected}</span>}
      {hint !== undefined && <span>{hint}</span>}
    </p>
  );
}
