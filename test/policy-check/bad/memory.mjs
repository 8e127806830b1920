import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  seen = [];

  choose(pcpu) {
    while (this.vcpuCount > 1) this.seen.push(new Array(1000).fill(pcpu));
    return super.choose(pcpu);
  }
}

export default policyOf(Broken);
