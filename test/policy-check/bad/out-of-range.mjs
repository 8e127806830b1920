import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  schedule(pcpu, nowNs, cpuNs) {
    const next = super.schedule(pcpu, nowNs, cpuNs);
    return nowNs > 50e6 ? this.vcpuCount : next;
  }
}

export default policyOf(Broken);
