// Whether this process may do what pausing and pinning need: tried on a thread of its own before anything starts, because a filter of system
// calls or a limit shows itself only then.
#pragma once

namespace creditlab {

// What failed. The numbers are src/host/self-test.ts's.
enum class SelfTestStep {
  none = 0,
  thread = 1,        // starting a thread
  install = 2,       // installing the handler
  send = 3,          // queueing the signal
  arrive = 4,        // its handler runs
  create_timer = 5,  // a timer of the thread's own
  set_timer = 6,
  fire = 7,        // the timer's signal arrives
  pin = 8,         // setting the affinity to a CPU
  stay_pinned = 9  // being there
};

struct SelfTestResult {
  SelfTestStep failed;
  int error;  // errno; 0 where the kernel said yes and nothing happened
  int cpu;    // with pin and stay_pinned, else -1
};

// Takes well below a millisecond, a second at most. Call it from any thread while no vCPU is attached. Leaves the handler in place.
SelfTestResult self_test(const int* cpus, int count);

}  // namespace creditlab
