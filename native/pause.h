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

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "gate.h"

namespace creditlab {

// Installs the handler, for a signal that nobody else in this process has. Again is harmless, and moves to another signal if somebody
// took this one meanwhile; not while a vCPU is attached. Negated errno; -EBUSY: all signals that could serve are taken.
int install_pause_handler();

// The signal: usual_pause_signal(), or a later one if that belongs to somebody else, such as a library.
int pause_signal();
int usual_pause_signal();
// Whether the handler is still in place. False: somebody has installed one of their own since, and nobody is paused in mid-step.
bool owns_pause_signal();

// Pauses wherever the signal lands, as an implementation would that doesn't know better. For demonstrations that it freezes.
void set_naive_pausing(bool on);

// A thread that lives as a vCPU: it attaches to the gate, checks between its steps, and leaves. It makes all calls itself.
class VcpuThread {
 public:
  VcpuThread() = default;
  VcpuThread(const VcpuThread&) = delete;
  VcpuThread& operator=(const VcpuThread&) = delete;
  ~VcpuThread() { leave(); }

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

// Sends the signal to a vCPU's thread: the gate's SendSignal. What the kernel refuses is counted, and owed.
void send_pause_signal(int vcpu);
// In the loop's thread: sends again what is owed, to those who still hold a pCPU. Returns how many are still owed.
int resend_pause_signals();

// How often the kernel refused what pausing needs, since reset_refusals(), and the errno of the last time.
struct Refusals {
  uint64_t signals;
  int signal_error;
  uint64_t timers;
  int timer_error;
};
Refusals refusals();
void reset_refusals();

// For the self-test: a signal with this value in it is only counted.
constexpr int kSelfTest = -2;
uint64_t self_tests_heard();
// Queues the pause signal for a thread of this process, as send_pause_signal() does. Negated errno.
int queue_pause_signal(pid_t tid, int value);
// A timer that sends the pause signal to the calling thread. Negated errno.
int create_pause_timer(int value, timer_t* timer);

}  // namespace creditlab
