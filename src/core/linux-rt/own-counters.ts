import type { CounterKind } from '../counters.ts';

export const THROTTLES: CounterKind = {
  key: 'throttles',
  description: 'times that the vCPU could go on and had to wait, since its pCPU had used up rt-runtime',
};
