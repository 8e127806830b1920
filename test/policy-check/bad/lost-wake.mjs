import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  // A wake-up during a pause is lost.
  paused = false;

  pauseVm(vm, nowNs) {
    super.pauseVm(vm, nowNs);
    this.paused = true;
  }

  unpauseVm(vm, nowNs) {
    super.unpauseVm(vm, nowNs);
    this.paused = false;
  }

  wake(vcpu, nowNs) {
    if (!this.paused) super.wake(vcpu, nowNs);
  }
}

export default policyOf(Broken);
