import { policyOf, Sound } from './sound.mjs';

const LOOKS = 300_000;

class Broken extends Sound {
  looks = 0;

  choose(pcpu) {
    for (let i = 0; i < LOOKS; i++) this.looks = (this.looks * 31 + i) % 1009;
    return super.choose(pcpu);
  }
}

export default policyOf(Broken);
