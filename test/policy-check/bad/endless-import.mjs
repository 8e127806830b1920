import { policyOf, Sound } from './sound.mjs';

while (Sound !== undefined);

export default policyOf(Sound);
