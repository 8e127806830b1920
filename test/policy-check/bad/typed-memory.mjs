import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  seen = [];

  choose(pcpu) {
    this.seen.push(new Float64Array(4_000_000).fill(pcpu));
    return super.choose(pcpu);
  }
}

export default policyOf(Broken);
