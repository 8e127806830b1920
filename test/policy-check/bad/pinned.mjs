import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  choose() {
    return this.queue.head(0);
  }
}

export default policyOf(Broken);
