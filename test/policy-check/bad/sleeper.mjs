import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  last = -1;

  // The one that slept last comes first, asleep or not.
  block(vcpu) {
    super.block(vcpu);
    this.last = vcpu;
  }

  choose(pcpu) {
    return this.last >= 0 ? this.last : super.choose(pcpu);
  }
}

export default policyOf(Broken);
