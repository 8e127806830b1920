import { counted } from '../base/text.ts';
import { LabError } from '../base/errors.ts';
import { type Beside, type Needs, needsOf, vcpusWithin } from './needs.ts';
import type { Room } from './room.ts';

const NOUNS: Readonly<Record<keyof Needs, string>> = {
  addressBytes: 'address space',
  dataBytes: 'address space for data',
  memoryBytes: 'memory',
  mappings: 'memory mappings',
  threads: 'threads',
  openFiles: 'open files',
  pendingSignals: 'pending signals',
};

/**
 * The threads of so many vCPUs can all be started.
 * @throws LabError LIMIT: where the system would run out of something, which Node doesn't survive
 */
export function requireRoom(vcpus: number, beside: Beside, rooms: readonly Room[]): void {
  const needs = needsOf(vcpus, beside);
  const lacking = rooms
    .map((room) => ({ ...room, fits: vcpusWithin(room.resource, room.most - room.used, beside) }))
    .filter(({ fits }) => fits < vcpus)
    .sort((a, b) => a.fits - b.fits);
  if (lacking.length === 0) return;
  const [{ resource, limit, most, used, remedy, fits }] = lacking;
  const amount = (value: number): string => amountOf(resource, value);
  const need = vcpus === 1 ? 'needs' : 'need';
  const threads = beside === 'testbed' ? 'the testbed and its threads' : 'their threads';
  throw new LabError(
    'LIMIT',
    `${counted(vcpus, 'vCPU')} ${need} more ${NOUNS[resource]} than there is left`,
    {
      where: limit,
      expected: `${amount(needs[resource])} for ${threads}`,
      got: `${amount(Math.max(0, most - used))} left of ${amount(most)}`,
      hint: fits >= 1 ? `${remedy}; or at most ${counted(fits, 'vCPU')}` : remedy,
    },
  );
}

function amountOf(resource: keyof Needs, value: number): string {
  if (!resource.endsWith('Bytes')) return String(value);
  return value >= 1e9 ? `${(value / 1e9).toFixed(1)} GB` : `${(value / 1e6).toFixed(0)} MB`;
}
