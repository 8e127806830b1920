/** credit1's readings in words. */
import { CREDIT_TERMS, VcpuReading } from '../../../core/credit1/terms.ts';
import { readingText } from '../words.ts';

/** `−100 credits` */
export function credits(count: number): string {
  return readingText(CREDIT_TERMS.vcpuReadings[VcpuReading.credit], count);
}

/** `UNDER` */
export function priorityName(priority: number): string {
  return readingText(CREDIT_TERMS.vcpuReadings[VcpuReading.priority], priority);
}
