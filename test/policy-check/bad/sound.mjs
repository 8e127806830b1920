/** A policy that keeps the rules: everybody in turn. Each of its neighbours breaks one. */
import { definePolicy, IDLE, LinkedLists, NONE, PolicyBase } from 'creditlab/policy';

export class Sound extends PolicyBase {
  queue = new LinkedLists(1, this.vmOf.length);

  add(vcpu) {
    this.queue.insertBefore(0, vcpu, NONE);
  }

  remove(vcpu) {
    this.queue.remove(0, vcpu);
  }

  choose(pcpu) {
    let vcpu = this.queue.head(0);
    while (vcpu !== NONE && !this.affinity.of(vcpu).has(pcpu)) vcpu = this.queue.next(vcpu);
    return vcpu === NONE ? IDLE : vcpu;
  }

  begin() {
    return this.values.sliceNs;
  }
}

/** @param Broken a class made from Sound */
export function policyOf(Broken) {
  const slice = { key: 'slice', unit: 'time', min: 1e6, max: 1e9, default: 10e6, isSlice: true };
  return definePolicy({
    description: 'Everybody in turn',
    parameters: [{ ...slice, description: 'How long a turn is' }],
    create: (options, type) => new Broken(type, options),
  });
}

export default policyOf(Sound);
