import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  tune(change, nowNs) {
    super.tune(change, nowNs);
    return true;
  }
}

export default policyOf(Broken);
