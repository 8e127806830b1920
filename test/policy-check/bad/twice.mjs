import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  choose(pcpu) {
    const vcpu = super.choose(pcpu);
    return vcpu < 0 && pcpu > 0 ? this.current[0] : vcpu;
  }
}

export default policyOf(Broken);
