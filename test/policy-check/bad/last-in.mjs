import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  add(vcpu) {
    this.queue.insertBefore(0, vcpu, this.queue.head(0));
  }
}

export default policyOf(Broken);
