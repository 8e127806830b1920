// Pausing a thread by signal, without freezing the process.
//
//   loop: wish changes ──► signal to the holder ──► handler, on the holder's thread
//                                                   not in its step loop?   return; the next check sees the wish
//                                                   wished for again?       return
//                                                   in generated code?      pause here: hand over, sleep in the handler
//                                                   in libc, Node, V8?      a lock may be held: defer the pause, look
//                                                                           again in 50 µs (… 1 ms)
//
// SIGSTOP would stop the whole process. Pausing wherever the signal lands freezes it, too: within seconds a thread is
// paused that holds the lock that all the others need. So the program counter decides. And a thread can only be paused
// in its region, which is open while the thread is in its step loop.
//
// A vCPU that is to retire hands over in the same places, doesn't sleep, and goes on to the end of its step: it strays.
// Where its thread may run on CPUs that are no pCPUs, it does so there. Where there are none, it computes for 200 µs,
// sleeps in the handler for 10 ms, and so on: a step of 1 ms takes 50 ms then, and one that never ends takes 2 % of a
// core. SCHED_IDLE won't do: an ordinary user's thread can't leave that class, and the pool wants its threads back; and
// a thread that hardly runs may hold a lock, whereas one that sleeps where it can be paused holds none.
#pragma once

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "gate.h"

namespace creditlab {

// Installs the handler, for a signal that nothing else in this process handles. A second call is harmless, and moves to
// another signal if a library has taken this one meanwhile. Not while a vCPU is attached. Negated errno; -EBUSY: all
// signals that could serve are taken.
int install_pause_handler();

// The pause signal: usual_pause_signal(), or a later one if something else handles that, such as a library.
int pause_signal();
int usual_pause_signal();
// Whether the handler is still in place. False: something has replaced it, and no vCPU is paused in mid-step any more.
bool owns_pause_signal();

// Pauses wherever the signal lands, to demonstrate that the process freezes then.
void set_naive_pausing(bool on);

// A thread that lives as a vCPU: it attaches to the gate, checks between its steps, and leaves. All calls come from it.
class VcpuThread {
 public:
  VcpuThread() = default;
  VcpuThread(const VcpuThread&) = delete;
  VcpuThread& operator=(const VcpuThread&) = delete;
  ~VcpuThread() { leave(); }

  // Negated errno.
  int attach(int v);
  // Waits for a grant, then opens the region: from here on the thread is paused wherever that is safe. False: everybody
  // was released, or this vCPU has retired, so stop.
  bool enter();
  // Called between two steps; `units` is what the vCPU has done so far. False as above.
  bool checkpoint(uint64_t units);
  // Leaves the core for so long; negative: until the loop unblocks the vCPU. False as above.
  bool sleep(int64_t sleep_ns);
  bool yield();
  // The work is done: closes the region and gives the core away for good.
  void finish(uint64_t units);
  // Closes the region and detaches. Harmless when the thread isn't attached.
  void leave();
  int vcpu() const { return v_; }

 private:
  int v_ = -1;
};

// Sends the pause signal to a vCPU's thread: the gate's SendSignal. A signal that the kernel refuses is counted, and
// owed to the vCPU.
void send_pause_signal(int vcpu);
// In the loop's thread: sends the owed signals again, to vCPUs that still hold a pCPU. Returns how many are still owed.
int resend_pause_signals();

// How often the kernel has refused signals and timers since reset_refusals(), and the errno of the last time.
struct Refusals {
  uint64_t signals;
  int signal_error;
  uint64_t timers;
  int timer_error;
};
Refusals refusals();
void reset_refusals();

// For the self-test: the handler only counts a signal that carries this value.
constexpr int kSelfTest = -2;
uint64_t self_tests_heard();
// Queues the pause signal for a thread of this process, as send_pause_signal() does. Negated errno.
int queue_pause_signal(pid_t tid, int value);
// A timer that sends the pause signal to the calling thread. Negated errno.
int create_pause_timer(int value, timer_t* timer);

}  // namespace creditlab
