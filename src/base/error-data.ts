/** An error on its way from one thread to another, where only plain data goes. */
import { without } from './keys.ts';
import { LabError, type LabErrorCode, type LabErrorDetails } from './errors.ts';

export interface ErrorData {
  readonly code: LabErrorCode;
  readonly message: string;
  readonly details: Omit<LabErrorDetails, 'cause'>;
}

export function dataOf({ code, message, details }: LabError): ErrorData {
  return { code, message, details: without(details, 'cause') };
}

export function errorFrom({ code, message, details }: ErrorData): LabError {
  return new LabError(code, message, details);
}
