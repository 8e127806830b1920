import { LabError, type LabErrorDetails } from '../base/errors.ts';
import type { RunResult } from './result.ts';

/** A run that broke off, with what had been measured until then. */
export class RunFailed extends LabError {
  readonly partial: RunResult | null;

  constructor(
    message: string,
    partial: RunResult | null,
    details: LabErrorDetails = {},
    code: 'RUN_FAILED' | 'NATIVE' = 'RUN_FAILED',
  ) {
    super(code, message, details);
    this.name = 'RunFailed';
    this.partial = partial;
  }
}
