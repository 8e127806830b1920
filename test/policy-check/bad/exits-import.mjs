import { policyOf, Sound } from './sound.mjs';

process.exit(0);

export default policyOf(Sound);
