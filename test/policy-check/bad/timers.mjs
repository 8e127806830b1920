import { setInterval } from 'node:timers';
import { policyOf, Sound } from './sound.mjs';

setInterval(() => undefined, 1000);

export default policyOf(Sound);
