// Pausing a thread by signal, without freezing the process.
//
//   loop: wish changes ──► signal to the holder ──► handler, on the holder's thread
//                                                    not in its step loop?     return; the check at the next step sees the wish
//                                                    wished for again?         return
//                                                    in generated code?        pause here: hand over, sleep in the handler
//                                                    in libc, Node, V8?        a lock may be held: look again in 50 µs (… 1 ms)
//
// SIGSTOP would stop the whole process. Pausing wherever the signal happens to land freezes it too: within seconds some thread is caught
// holding the lock that everybody else needs. Hence the rule by program counter, and hence the region: outside the step loop
// nobody is paused.
#pragma once

#include "gate.h"

namespace creditlab {

// Installs the handler. Once is enough; again is harmless. Negated errno.
int install_pause_handler();

// The signal, for the curious (SIGRTMIN + something).
int pause_signal();

// Pauses wherever the signal lands, as an implementation would that doesn't know better. For demonstrations that it freezes.
void set_naive_pausing(bool on);

// A vCPU's stay on its thread: attach, then work between steps, then leave. All calls come from that one thread.
class Stay {
 public:
  Stay() = default;
  Stay(const Stay&) = delete;
  Stay& operator=(const Stay&) = delete;
  ~Stay() { leave(); }

  // Negated errno.
  int attach(int v);
  // Waits at the gate, then opens the region: from here on the thread is paused wherever that is safe. False: released.
  bool enter();
  // Between two steps. `units` is what the vCPU has done so far. False: stop, everybody was released.
  bool checkpoint(uint64_t units);
  // Leave the core for so long; negative: until the loop says otherwise. False as above.
  bool sleep(int64_t sleep_ns);
  bool yield();
  // The work is done: close the region, give the core away for good.
  void finish(uint64_t units);
  // Close the region and detach. Harmless when there is nothing to leave.
  void leave();
  int vcpu() const { return v_; }

 private:
  int v_ = -1;
};

// Sends the signal to a vCPU's thread: the gate's Nudge.
void nudge(int vcpu);

}  // namespace creditlab
