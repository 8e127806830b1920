import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  choose(pcpu) {
    let vcpu = super.choose(pcpu);
    // Looks for one that isn't the first, also where there is only that one.
    while (vcpu >= 0 && this.vcpuCount > 2 && this.queue.next(vcpu) < 0) vcpu = super.choose(pcpu);
    return vcpu;
  }
}

export default policyOf(Broken);
