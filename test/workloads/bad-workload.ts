import assert from 'node:assert/strict';
import { LabError } from '../../src/base/errors.ts';

/** Asserts that the error is bad input of the kind "workload", and that its whole text has all these parts. */
export function isBadWorkload(error: unknown, ...parts: (string | RegExp)[]): true {
  assert.ok(error instanceof LabError, `not a LabError: ${String(error)}`);
  assert.equal(error.code, 'BAD_WORKLOAD');
  assert.equal(error.exitCode, 2);
  const text = error.describe();
  for (const part of parts) {
    assert.ok(
      typeof part === 'string' ? text.includes(part) : part.test(text),
      `no ${String(part)} in:\n${text}`,
    );
  }
  return true;
}
