// The gate: which vCPU may run on which core, and how one hands the core to the next.
//
//            dispatch(p, v): "from now on p runs v"                    (the loop, at any time; it never waits)
//                 |
//                 v
//   pCPU word  [ holder | wish | seq ]      one 64-bit atomic; every change is a compare-and-swap that bumps seq
//                 |         |
//                 |         +-- the vCPU that should run there: the loop's latest word, and only the loop writes it
//                 +------------ the vCPU that has the token: it alone may run guest code on that core
//
// The token moves in two ways:
// - Direct hand-over. The holder sees that the wish names another vCPU, because a signal came or at the check between
//   two steps. It starts to wait, hands the token to the wished vCPU on the same core, and sleeps: one wake, one sleep.
// - By a third party. The wished vCPU can't take the token yet: it still runs elsewhere, or is blocked. The holder
//   leaves the token free. Whoever completes the pair grants it: the vCPU when it starts to wait, the loop when it
//   wishes or unblocks.
//
// The holder's state becomes `waiting` before it wakes its successor, and the wake is nearly its last act before it
// sleeps. Between the two the core has two runnable threads. A kernel that prefers the woken one leaves the other in
// its run queue for up to a slice. If that one's state were still `running`, no other pCPU could be granted it for so
// long. (For the same reason the threads are in SCHED_BATCH: a thread that is woken there doesn't preempt the one that
// wakes it.) So for a moment a vCPU is waiting, and its pCPU's word still names it as the holder. If it is granted
// another pCPU in that moment, it hands on the first one all the same.
//
// No wish is lost: a grant needs two conditions, "p is free and wishes v" and "v is waiting". Each party first writes
// the condition that it brings about and then reads the other one, all sequentially consistent. So at least one party
// sees both.
//
// No vCPU runs twice: the loop wishes a vCPU on at most one pCPU at a time. A granter first claims the vCPU (waiting ->
// running), then the pCPU's word, where seq makes a stale claim fail. The other order would be wrong: a vCPU that has
// one pCPU's word, and whose state is still `waiting`, could be granted the pCPU that it is wished for by then. A
// granter that gets the vCPU but not the word undoes the claim. Then it looks where the vCPU is wished for now, because
// another granter may have seen it claimed and given up.
//
// No signal wakes a sleeper: a vCPU that sees the new wish by itself, at a check, is often about to sleep when the
// loop's signal comes. If the signal came a little later, it would wake the vCPU beside its successor. So the loop
// first announces the signal (announced_signals), and then sends it if the vCPU's state is `running`. The vCPU first
// leaves that state, then waits for the announced signals to come, and only then hands the token over. A vCPU that is
// paused in the handler needn't wait: there signals are held back.
//
// One sleeper may still be woken: a successor between its claim, which makes it `running`, and its grant, which wakes
// it. If the loop's wish changes in between, its signal goes to the successor. That one may then wake beside the
// outgoing vCPU, finds that it isn't granted yet, and sleeps on: this costs time, and nothing else. And a signal that
// takes longer than kSignalWaitNs isn't waited for.
//
//   vCPU states                                  grant       block                unblock
//      absent --attach--> attached --enter--> waiting --> running --------> blocked ---------> waiting
//                                                ^          | |
//                                                +--pause---+ +--finish--> done --detach--> absent
//
//      waiting, running, blocked --retire--> retired --detach--> absent
//
// A vCPU is retired when its VM is destroyed while the run goes on. The loop first writes that it is to retire, and
// then looks at its state. A vCPU without a core, waiting or blocked, it retires itself: a compare-and-swap that a
// granter's claim can't win any more. A running one gets the pause signal, and retires where it would pause. Whoever
// makes a vCPU waiting or blocked, a granter that undoes its claim included, writes the state first and then looks
// whether it is to retire. So here too at least one party sees both. A vCPU that was granted a core just before hands
// it on as soon as it wakes up, and no guest code runs, and nothing is recorded.
//
// A thread that is retired in the middle of a step can't be unwound from there: it has to finish the step. It does so
// without the token and off the pCPUs, if its affinity lets it, and nobody is charged; it leaves at its next check.
// pause.h says how it keeps out of the way where there are no other CPUs. The loop hears no exit of a vCPU that it
// has retired, also none from before, and unblock() does nothing to it.
//
// No function here allocates or takes a lock; all but attach() and reset() may be called inside a signal handler.
#pragma once

#include <sched.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include <atomic>

#include "fact_ring.h"

namespace creditlab {

constexpr int kMaxVcpus = 1024;
constexpr int kMaxPcpus = 64;
constexpr int kNone = 0xffff;

enum class State : uint32_t { absent, attached, waiting, running, blocked, done, retired };

// Why a vCPU left its pCPU of its own accord. The numbers are the loop's (src/machine/machine.ts).
enum class Exit : uint32_t { none = 0, blocked = 1, yielded = 2, done = 3 };

// Why everybody was released. From then on no vCPU pauses, and each one leaves at its next check.
enum class Released : uint32_t { no = 0, ended = 1, orphaned = 2 };

struct alignas(128) Vcpu {
  std::atomic<State> state{State::absent};
  std::atomic<uint32_t> go{0};        // futex: each grant sets it, the vCPU clears it
  std::atomic<uint32_t> home{kNone};  // the pCPU that the loop last wished it on
  std::atomic<Exit> exit{Exit::none};
  std::atomic<int64_t> exit_ns{0};     // when it left
  std::atomic<int64_t> wake_at_ns{0};  // with Exit::blocked
  // Signals on their way to it: the loop adds each before it sends it, the handler takes it off.
  std::atomic<uint32_t> announced_signals{0};
  std::atomic<bool> retiring{false};  // the loop wants it to leave for good

  // A grant writes these, and the vCPU reads them after it.
  int pcpu = kNone;
  int cpu = -1;  // host CPU that the thread is pinned to, -1 when not pinned by the gate

  // Who retires it writes this, and the vCPU reads it after it.
  bool on_pcpus = false;  // it has no other CPUs to finish its step on

  // The vCPU's thread writes these.
  std::atomic<uintptr_t> thread{0};  // pthread_self() while attached: the handler compares it without a system call
  pid_t tid = 0;
  clockid_t clock = 0;
  cpu_set_t affinity_before{};
  std::atomic<int64_t> cpu_base_ns{0};  // the thread's CPU clock when it attached
  int64_t cpu_left_ns = 0;  // the same when it last left a core; unchanged when it comes back, because the thread slept
  std::atomic<int64_t> cpu_final_ns{-1};  // the same when it finished or retired, -1 before: the thread goes on
  std::atomic<int64_t> start_ns{0};
  std::atomic<int64_t> end_ns{0};      // when it finished its work
  std::atomic<int64_t> retired_ns{0};  // when it retired; then it hasn't finished
  std::atomic<uint64_t> units{0};
  std::atomic<uint64_t> deferred{0};
  std::atomic<int64_t> overrun_ns{0};
};

struct alignas(128) Pcpu {
  std::atomic<uint64_t> word;
  std::atomic<int64_t> wished_ns{0};  // when the loop's latest wish was written
  int cpu = -1;
  FactRing facts;
};

// Sends the pause signal to a vCPU's thread, so that it looks at its pCPU's word: send_pause_signal() in pause.cc.
using SendSignal = void (*)(int vcpu);

// Whether signals reach the thread now. In the handler they are held back.
enum class Signals { open, held };

class Gate {
 public:
  Gate();

  // --- set-up; nobody is attached ---
  // Negated errno; -EBUSY while a vCPU is attached.
  int reset(const int* cpus, int pcpu_count, SendSignal send_signal);

  // --- the vCPU's own thread ---
  int attach(int v);
  // Restores the thread's affinity. If the thread ends with the token, gives it back and reports that as an exit.
  void detach(int v);
  // Waits for the first grant. False: v is dismissed, and must not run.
  bool enter(int v);
  // Whether the loop wishes for another vCPU, or for nobody, where v runs, or wants v to retire.
  bool unwanted(int v) const;
  // Hands the token over and waits for the next grant, unless v is to retire. The fact says how late the pause is.
  void pause(int v, int64_t late_ns, Signals signals = Signals::open);
  // Leaves the core until unblock(), and tells the loop why. False as in enter().
  bool block(int v, Exit why, int64_t wake_at_ns);
  // A vCPU that is to retire doesn't finish any more, but retires.
  void finish(int v);
  // Everybody was released, or v has retired: it is to leave, and what it does is on nobody's record any more.
  bool dismissed(int v) const { return released() != Released::no || vcpus_[v].state == State::retired; }
  // Records that a deferred pause is called off: v couldn't be paused for `late_ns`, and now may stay on the core.
  void record_kept(int v, int64_t late_ns);

  // --- the loop ---
  void dispatch(int p, int v);
  // A virtual interrupt: a blocked vCPU may be granted a core again.
  void unblock(int v);
  // From now on v isn't granted a core any more, and leaves: at once if it has none, else where it can be paused, or at
  // its next check. Also before v has attached. The pCPU that v leaves goes to whom the loop wishes there, before or
  // after this call.
  void retire(int v);
  // The vCPU whose exit has waited longest, or kNone. Its instant is the vCPU's exit_ns.
  int next_exit(Exit& why);
  // CPU time since v attached, until now or until it finished or retired. Negative: it has no thread any more.
  int64_t cpu_ns(int v) const;
  // The same of its thread, which may go on after that: until now. Negative as above.
  int64_t thread_cpu_ns(int v) const;
  void arm();  // from now on the loop's heartbeat counts
  void beat() { heartbeat_.fetch_add(1, std::memory_order_relaxed); }

  // --- anyone ---
  void release_all(Released why);
  Released released() const { return released_.load(std::memory_order_acquire); }
  int attached() const { return attached_.load(std::memory_order_acquire); }
  Vcpu& vcpu(int v) { return vcpus_[v]; }
  const Vcpu& vcpu(int v) const { return vcpus_[v]; }
  Pcpu& pcpu(int p) { return pcpus_[p]; }
  int pcpu_count() const { return pcpu_count_; }
  int holder(int p) const;
  // How often a state changed in another way than the picture above has it. Anything but 0 is a bug.
  uint64_t violations() const { return violations_.load(std::memory_order_relaxed); }
  // How often a vCPU couldn't be pinned to its core (taken offline?) and ran where the kernel put it.
  uint64_t pin_failures() const { return pin_failures_.load(std::memory_order_relaxed); }
  // The loop's futex: it is bumped when something has happened that the loop should look at.
  std::atomic<uint32_t>& kicks() { return kicks_; }
  void kick();

  // A paused thread looks at the loop's heartbeat this often. When so many looks in a row have found it unchanged, the
  // thread releases everybody. It counts looks, not time: in a process that was stopped (SIGSTOP) one look at most is
  // late.
  static constexpr int64_t kLookNs = 400'000'000;
  static constexpr int kStaleLooks = 3;
  // A vCPU that leaves waits for an announced signal for at most so long. From core to core a signal takes some 5 µs.
  static constexpr int64_t kSignalWaitNs = 50'000;

 private:
  void change(Vcpu& vcpu, State from, State to);
  bool claim(Vcpu& vcpu);
  int unclaim(Vcpu& vcpu);
  void grant(int p, int v);
  void try_grant(int p);
  void try_grant_home(Vcpu& vcpu);
  void hand_over(int v, int p, Signals signals);
  int take_off(int v, int p);
  bool wait_for_grant(int v, Signals signals);
  void start_waiting(Vcpu& vcpu, State from);
  bool retire_from(Vcpu& vcpu, State from);
  void retire_running(int v, bool has_resumed, int64_t late_ns, Signals signals);
  void let_stray(Vcpu& vcpu);
  int64_t record_leaving(int v, FactKind kind, int64_t late_ns);
  void record_resuming(int v);
  void report(int v, Exit why);

  Vcpu vcpus_[kMaxVcpus];
  Pcpu pcpus_[kMaxPcpus];
  int pcpu_count_ = 0;
  SendSignal send_signal_ = nullptr;
  std::atomic<Released> released_{Released::no};
  std::atomic<int> attached_{0};
  std::atomic<bool> armed_{false};
  std::atomic<uint32_t> heartbeat_{0};
  std::atomic<uint64_t> violations_{0};
  std::atomic<uint64_t> pin_failures_{0};
  std::atomic<uint64_t> exits_[kMaxVcpus / 64] = {};
  alignas(128) std::atomic<uint32_t> kicks_{0};
};

// One for the process: the handler must find it.
Gate& gate();

}  // namespace creditlab
