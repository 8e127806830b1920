import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  begin(vcpu) {
    return this.values.slice / (vcpu + 1);
  }
}

export default policyOf(Broken);
