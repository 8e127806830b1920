// Whether this process may do what pausing and pinning need. A thread of its own tries it before anything starts: a
// filter of system calls, or a limit, can't be seen in any other way.
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
  stay_pinned = 9  // the thread runs on that CPU
};

struct SelfTestResult {
  SelfTestStep failed;
  int error;  // errno; 0: the call succeeded and had no effect
  int cpu;    // with pin and stay_pinned, else -1
};

// Takes well below a millisecond, a second at most. Call it from any thread while no vCPU is attached. The handler
// stays installed.
SelfTestResult self_test(const int* cpus, int count);

}  // namespace creditlab
