import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  remove(vcpu) {
    this.remove(vcpu);
  }
}

export default policyOf(Broken);
