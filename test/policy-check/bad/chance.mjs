import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  choose(pcpu) {
    const [first, second = first] = this.queue.itemsOf(0);
    if (first === undefined || this.pcpuCount > 1) return super.choose(pcpu);
    return Math.random() < 0.5 ? first : second;
  }
}

export default policyOf(Broken);
