import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  choose(pcpu) {
    const vcpu = super.choose(pcpu);
    return vcpu > 1 ? 'C/v0' : vcpu;
  }
}

export default policyOf(Broken);
