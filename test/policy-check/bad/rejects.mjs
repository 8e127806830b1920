import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  destroyVm(vm, nowNs) {
    super.destroyVm(vm, nowNs);
    Promise.reject(new Error('nobody waits for this'));
  }
}

export default policyOf(Broken);
