import { policyOf, Sound } from './sound.mjs';

class Broken extends Sound {
  // The timer stays armed.
  fireTimer() {
    this.ask(this.nextTimerPcpu(), 0);
  }
}

export default policyOf(Broken);
