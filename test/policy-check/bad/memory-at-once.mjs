import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  choose(pcpu) {
    this.history = new Array(30_000_000).fill(null).map(() => [pcpu]);
    return super.choose(pcpu);
  }
}

export default policyOf(Broken);
