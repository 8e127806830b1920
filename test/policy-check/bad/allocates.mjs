import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  choose(pcpu) {
    const [first = -1] = this.queue.itemsOf(0).filter((vcpu) => this.affinity.of(vcpu).has(pcpu));
    return first;
  }
}

export default policyOf(Broken);
