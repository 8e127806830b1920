import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  begin() {
    return 1e15;
  }
}

export default policyOf(Broken);
