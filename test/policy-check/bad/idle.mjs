import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  // Only its own pCPU is asked; others come to look when their vCPU's slice is over.
  tickle(vcpu) {
    if (this.current[this.pcpuOf[vcpu]] < 0) super.tickle(vcpu);
  }
}

export default policyOf(Broken);
