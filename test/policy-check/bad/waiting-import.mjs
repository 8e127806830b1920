import { policyOf, Sound } from './sound.mjs';

await new Promise(() => undefined);

export default policyOf(Sound);
