import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  unpauseVm(vm, nowNs) {
    super.unpauseVm(vm, nowNs);
    process.exit(3);
  }
}

export default policyOf(Broken);
