import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  yieldVcpu(vcpu) {
    console.log(`vCPU ${vcpu} yields`);
    super.yieldVcpu(vcpu);
  }
}

export default policyOf(Broken);
