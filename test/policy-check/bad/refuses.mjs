import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  constructor(type, options) {
    if (options.vms.length > 2) throw new RangeError('more than two VMs');
    super(type, options);
  }
}

export default policyOf(Broken);
