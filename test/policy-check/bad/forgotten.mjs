import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  count = 0;

  // Every third one that begins to wait is lost.
  add(vcpu) {
    if (++this.count % 3 > 0) super.add(vcpu);
  }

  remove(vcpu) {
    if (this.queue.itemsOf(0).includes(vcpu)) super.remove(vcpu);
  }
}

export default policyOf(Broken);
