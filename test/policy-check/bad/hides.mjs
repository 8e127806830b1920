import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  queueOf() {
    return [];
  }
}

export default policyOf(Broken);
