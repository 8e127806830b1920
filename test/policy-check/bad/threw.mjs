import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  choose(pcpu) {
    if (pcpu === 1) throw new Error('no such pCPU');
    return super.choose(pcpu);
  }
}

export default policyOf(Broken);
