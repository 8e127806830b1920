#include "gate.h"

#include <errno.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "affinity.h"
#include "brief_wait.h"
#include "clock.h"
#include "futex.h"

namespace creditlab {
namespace {

struct Word {
  uint16_t holder;
  uint16_t wish;
  uint32_t seq;
};

Word unpack(uint64_t word) {
  return {static_cast<uint16_t>(word), static_cast<uint16_t>(word >> 16), static_cast<uint32_t>(word >> 32)};
}

uint64_t pack(int holder, int wish, uint32_t seq) {
  return static_cast<uint64_t>(static_cast<uint16_t>(holder)) |
         static_cast<uint64_t>(static_cast<uint16_t>(wish)) << 16 | static_cast<uint64_t>(seq) << 32;
}

// A static object in zeroed memory, never destroyed: a handler may look at it until the process ends.
Gate the_gate;

}  // namespace

Gate& gate() { return the_gate; }

Gate::Gate() {
  for (Pcpu& pcpu : pcpus_) pcpu.word.store(pack(kNone, kNone, 0));
}

int Gate::reset(const int* cpus, int pcpu_count, SendSignal send_signal) {
  if (attached() != 0) return -EBUSY;
  if (pcpu_count < 1 || pcpu_count > kMaxPcpus) return -EINVAL;
  pcpu_count_ = pcpu_count;
  send_signal_ = send_signal;
  for (int p = 0; p < pcpu_count; ++p) {
    pcpus_[p].cpu = cpus[p];
    pcpus_[p].word.store(pack(kNone, kNone, 0));
    pcpus_[p].facts.clear();
  }
  for (Vcpu& vcpu : vcpus_) {
    vcpu.state = State::absent;
    vcpu.exit = Exit::none;
    // Not in attach(): the loop may wish for a vCPU, or retire it, before that one attaches.
    vcpu.home = kNone;
    vcpu.retiring = false;
    // A finished vCPU's figures stay readable until here.
    vcpu.units = 0;
    vcpu.start_ns = 0;
    vcpu.end_ns = 0;
    vcpu.retired_ns = 0;
    vcpu.cpu_final_ns = -1;
    vcpu.deferred = 0;
    vcpu.overrun_ns = 0;
    vcpu.tid = 0;
  }
  for (auto& bits : exits_) bits = 0;
  armed_ = false;
  heartbeat_ = 0;
  pin_failures_ = 0;
  released_ = Released::no;
  return 0;
}

// --- the vCPU's own thread ------------------------------------------------------------------------------------------

int Gate::attach(int v) {
  if (v < 0 || v >= kMaxVcpus) return -EINVAL;
  if (released() != Released::no) return -ECANCELED;
  Vcpu& vcpu = vcpus_[v];
  if (vcpu.state != State::absent) return -EBUSY;
  vcpu.tid = static_cast<pid_t>(syscall(SYS_gettid));
  if (const int rc = get_affinity(vcpu.tid, vcpu.affinity_before); rc < 0) return rc;
  if (const int rc = pthread_getcpuclockid(pthread_self(), &vcpu.clock); rc != 0) return -rc;
  vcpu.go = 0;
  vcpu.announced_signals = 0;
  vcpu.pcpu = kNone;
  vcpu.cpu = -1;
  vcpu.cpu_left_ns = own_cpu_ns();
  vcpu.cpu_base_ns = vcpu.cpu_left_ns;
  vcpu.thread = reinterpret_cast<uintptr_t>(pthread_self());
  change(vcpu, State::absent, State::attached);
  attached_.fetch_add(1);
  kick();
  return 0;
}

void Gate::detach(int v) {
  Vcpu& vcpu = vcpus_[v];
  const State state = vcpu.state;
  if (state == State::absent) return;
  if (state == State::running && released() == Released::no) finish(v);
  if (vcpu.cpu_final_ns < 0) vcpu.cpu_final_ns = own_cpu_ns();
  if (vcpu.cpu != -1) set_affinity(vcpu.tid, vcpu.affinity_before);
  vcpu.thread = 0;
  vcpu.state = State::absent;
  attached_.fetch_sub(1);
  kick();
}

bool Gate::enter(int v) {
  start_waiting(vcpus_[v], State::attached);
  // The loop may have wished for v before.
  try_grant_home(vcpus_[v]);
  if (!wait_for_grant(v, Signals::open)) return false;
  vcpus_[v].start_ns = monotonic_ns();
  record_resuming(v);
  return true;
}

bool Gate::unwanted(int v) const {
  const Vcpu& vcpu = vcpus_[v];
  return vcpu.retiring.load(std::memory_order_acquire) ||
         unpack(pcpus_[vcpu.pcpu].word.load(std::memory_order_acquire)).wish != v;
}

void Gate::pause(int v, int64_t late_ns, Signals signals) {
  Vcpu& vcpu = vcpus_[v];
  // What start_waiting() would do moves the thread before the token is handed over: the pCPU would wait for that.
  if (vcpu.retiring) {
    retire_running(v, true, late_ns, signals);
    return;
  }
  const int p = vcpu.pcpu;
  record_leaving(v, FactKind::pause, late_ns);
  start_waiting(vcpu, State::running);
  hand_over(v, p, signals);
  // The loop may wish for v again by now, here or elsewhere. This comes last: a grant may move this thread elsewhere.
  try_grant_home(vcpu);
  if (wait_for_grant(v, signals)) record_resuming(v);
}

bool Gate::block(int v, Exit why, int64_t wake_at_ns) {
  Vcpu& vcpu = vcpus_[v];
  if (vcpu.state == State::retired) return false;
  if (vcpu.retiring) {
    retire_running(v, true, 0, Signals::open);
    return false;
  }
  const int p = vcpu.pcpu;
  vcpu.exit_ns = record_leaving(v, FactKind::block, 0);
  vcpu.wake_at_ns.store(wake_at_ns);
  change(vcpu, State::running, State::blocked);
  if (vcpu.retiring) retire_from(vcpu, State::blocked);
  hand_over(v, p, Signals::open);
  // This comes last, because it wakes the loop, which may run on this core.
  report(v, why);
  if (!wait_for_grant(v, Signals::open)) return false;
  record_resuming(v);
  return true;
}

void Gate::finish(int v) {
  Vcpu& vcpu = vcpus_[v];
  if (vcpu.state == State::retired) return;
  vcpu.cpu_final_ns = own_cpu_ns();
  if (released() != Released::no) return;
  if (vcpu.retiring) {
    retire_running(v, true, 0, Signals::open);
    return;
  }
  const int p = vcpu.pcpu;
  vcpu.exit_ns = record_leaving(v, FactKind::done, 0);
  vcpu.end_ns = vcpu.exit_ns.load();
  change(vcpu, State::running, State::done);
  hand_over(v, p, Signals::open);
  report(v, Exit::done);
}

// Hands the token of p from v to the vCPU that the loop wishes there, and wakes that one. v must be waiting, blocked,
// done or retired before, and its thread about to sleep, to end or to go elsewhere: once the successor is awake, the
// kernel may keep the outgoing thread off the core for a slice.
void Gate::hand_over(int v, int p, Signals signals) {
  // Before a successor is claimed: the time between its claim and its grant should be short (see gate.h).
  if (signals == Signals::open) spin_until_zero(vcpus_[v].announced_signals, kSignalWaitNs);
  const int successor = take_off(v, p);
  if (successor == kNone) {
    try_grant(p);
  } else {
    grant(p, successor);
  }
}

// Takes the token of p from v. If the vCPU that the loop wishes there is waiting, claims it, makes it the holder and
// returns it; the caller must grant it p. Else leaves the token free, which may be granted to another vCPU at once, and
// returns kNone.
int Gate::take_off(int v, int p) {
  std::atomic<uint64_t>& word = pcpus_[p].word;
  uint64_t seen = word.load();
  for (;;) {
    const Word w = unpack(seen);
    if (w.holder != v) return kNone;  // only after release_all
    const bool direct = w.wish != kNone && w.wish != v && claim(vcpus_[w.wish]);
    if (word.compare_exchange_strong(seen, pack(direct ? w.wish : kNone, w.wish, w.seq + 1)))
      return direct ? w.wish : kNone;
    if (direct) try_grant(unclaim(vcpus_[w.wish]));
  }
}

// False: v is dismissed. Who grants v a core or retires it may still be busy with its thread until it sets `go`.
bool Gate::wait_for_grant(int v, Signals signals) {
  Vcpu& vcpu = vcpus_[v];
  uint32_t seen = heartbeat_.load(std::memory_order_relaxed);
  int stale = 0;
  while (vcpu.go.exchange(0) == 0) {
    if (released() != Released::no) return false;
    if (futex_wait_until(vcpu.go, 0, monotonic_ns() + kLookNs) != -ETIMEDOUT) continue;
    const uint32_t now = heartbeat_.load(std::memory_order_relaxed);
    stale = armed_ && now == seen ? stale + 1 : 0;
    seen = now;
    if (stale == kStaleLooks) release_all(Released::orphaned);
  }
  if (vcpu.state == State::retired) {
    vcpu.cpu_final_ns = own_cpu_ns();
    return false;
  }
  if (released() != Released::no) return false;
  if (vcpu.retiring) {
    retire_running(v, false, 0, signals);
    return false;
  }
  return true;
}

// --- the loop -------------------------------------------------------------------------------------------------------

void Gate::dispatch(int p, int v) {
  pcpus_[p].wished_ns.store(monotonic_ns(), std::memory_order_relaxed);
  if (v != kNone) vcpus_[v].home.store(static_cast<uint32_t>(p));
  std::atomic<uint64_t>& word = pcpus_[p].word;
  uint64_t seen = word.load();
  Word w;
  do {
    w = unpack(seen);
  } while (!word.compare_exchange_weak(seen, pack(w.holder, v, w.seq + 1)));
  if (w.holder == kNone) {
    try_grant(p);
  } else if (w.holder != v) {
    send_signal_(w.holder);
  }
}

void Gate::unblock(int v) {
  Vcpu& vcpu = vcpus_[v];
  if (vcpu.retiring) return;
  change(vcpu, State::blocked, State::waiting);
  try_grant_home(vcpu);
}

void Gate::retire(int v) {
  Vcpu& vcpu = vcpus_[v];
  vcpu.retiring = true;
  if (retire_from(vcpu, State::waiting) || retire_from(vcpu, State::blocked)) return;
  if (vcpu.state == State::running) send_signal_(v);
}

int Gate::next_exit(Exit& why) {
  int first = kNone;
  int64_t first_ns = INT64_MAX;
  for (int i = 0; i < kMaxVcpus / 64; ++i) {
    for (uint64_t bits = exits_[i].load(); bits != 0; bits &= bits - 1) {
      const int v = i * 64 + __builtin_ctzll(bits);
      if (vcpus_[v].retiring) {
        exits_[i].fetch_and(~(bits & -bits));
        continue;
      }
      const int64_t at = vcpus_[v].exit_ns.load();
      if (at >= first_ns) continue;
      first = v;
      first_ns = at;
    }
  }
  if (first == kNone) return kNone;
  exits_[first / 64].fetch_and(~(uint64_t{1} << (first % 64)));
  why = vcpus_[first].exit.exchange(Exit::none);
  return first;
}

int64_t Gate::cpu_ns(int v) const {
  const Vcpu& vcpu = vcpus_[v];
  const int64_t final_ns = vcpu.cpu_final_ns;
  return final_ns >= 0 ? final_ns - vcpu.cpu_base_ns : thread_cpu_ns(v);
}

int64_t Gate::thread_cpu_ns(int v) const {
  const Vcpu& vcpu = vcpus_[v];
  const int64_t now = vcpu.state == State::absent ? -1 : clock_ns(vcpu.clock);
  return now < 0 ? -1 : now - vcpu.cpu_base_ns;
}

void Gate::arm() {
  beat();
  armed_ = true;
}

// --- anyone ---------------------------------------------------------------------------------------------------------

void Gate::release_all(Released why) {
  Released expected = Released::no;
  if (!released_.compare_exchange_strong(expected, why)) return;
  for (Vcpu& vcpu : vcpus_) {
    if (vcpu.state == State::absent) continue;
    vcpu.go = 1;
    futex_wake(vcpu.go);
  }
  kick();
}

int Gate::holder(int p) const { return unpack(pcpus_[p].word.load()).holder; }

void Gate::kick() {
  kicks_.fetch_add(1);
  futex_wake(kicks_);
}

// --- inside ---------------------------------------------------------------------------------------------------------

void Gate::try_grant_home(Vcpu& vcpu) {
  const uint32_t home = vcpu.home;
  if (home != kNone) try_grant(static_cast<int>(home));
}

// Grants p to the vCPU that the loop wishes there, if p is free and that vCPU is waiting.
void Gate::try_grant(int p) {
  for (;;) {
    std::atomic<uint64_t>& word = pcpus_[p].word;
    uint64_t seen = word.load();
    const Word w = unpack(seen);
    if (w.holder != kNone || w.wish == kNone || !claim(vcpus_[w.wish])) return;
    if (word.compare_exchange_strong(seen, pack(w.wish, w.wish, w.seq + 1))) {
      grant(p, w.wish);
      return;
    }
    p = unclaim(vcpus_[w.wish]);
  }
}

// True: the caller alone may grant the vCPU a pCPU, and does that or undoes the claim.
bool Gate::claim(Vcpu& vcpu) {
  // A released thread may have its old affinity back already, and a grant would pin it again.
  if (released() != Released::no) return false;
  State expected = State::waiting;
  return vcpu.state.compare_exchange_strong(expected, State::running);
}

// Undoes a claim. Returns the pCPU that the loop wishes the vCPU on by now; the caller must try to grant that one.
int Gate::unclaim(Vcpu& vcpu) {
  start_waiting(vcpu, State::running);
  return static_cast<int>(vcpu.home.load());
}

// The caller has claimed v and just made it the holder of p.
void Gate::grant(int p, int v) {
  Vcpu& vcpu = vcpus_[v];
  vcpu.pcpu = p;
  if (vcpu.cpu != pcpus_[p].cpu) {
    if (set_affinity(vcpu.tid, pcpus_[p].cpu) == 0) {
      vcpu.cpu = pcpus_[p].cpu;
    } else {
      pin_failures_.fetch_add(1, std::memory_order_relaxed);
    }
  }
  vcpu.go = 1;
  futex_wake(vcpu.go);
}

// From another state. The loop may have asked meanwhile that v retire: one of the two sees what the other has written.
void Gate::start_waiting(Vcpu& vcpu, State from) {
  change(vcpu, from, State::waiting);
  if (vcpu.retiring) retire_from(vcpu, State::waiting);
}

// Retires a vCPU that has no core, and wakes it. False: it is in another state. Like a granter, the caller may change
// the thread's affinity until it sets `go`.
bool Gate::retire_from(Vcpu& vcpu, State from) {
  if (!vcpu.state.compare_exchange_strong(from, State::retired)) return false;
  vcpu.retired_ns = monotonic_ns();
  let_stray(vcpu);
  vcpu.go = 1;
  futex_wake(vcpu.go);
  return true;
}

// Retires v, which has a token, in its own thread. If v hasn't resumed since it was granted the token, there is no stay
// on the core to be ended on record.
void Gate::retire_running(int v, bool has_resumed, int64_t late_ns, Signals signals) {
  Vcpu& vcpu = vcpus_[v];
  const int p = vcpu.pcpu;
  vcpu.retired_ns = has_resumed ? record_leaving(v, FactKind::pause, late_ns) : monotonic_ns();
  vcpu.cpu_final_ns = own_cpu_ns();
  change(vcpu, State::running, State::retired);
  hand_over(v, p, signals);
  let_stray(vcpu);
}

// A retired vCPU's thread has to finish its step: elsewhere than on the pCPUs, if it may run elsewhere. detach() gives
// it all its CPUs back.
void Gate::let_stray(Vcpu& vcpu) {
  // Like a grant, this must not come after detach(); and a thread that was never pinned has no step to finish.
  if (released() != Released::no || vcpu.cpu == -1) return;
  cpu_set_t elsewhere = vcpu.affinity_before;
  for (int p = 0; p < pcpu_count_; ++p) CPU_CLR(static_cast<size_t>(pcpus_[p].cpu), &elsewhere);
  vcpu.on_pcpus = CPU_COUNT(&elsewhere) == 0 || set_affinity(vcpu.tid, elsewhere) != 0;
  if (vcpu.on_pcpus) set_affinity(vcpu.tid, vcpu.affinity_before);
}

void Gate::change(Vcpu& vcpu, State from, State to) {
  if (!vcpu.state.compare_exchange_strong(from, to) && released() == Released::no)
    violations_.fetch_add(1, std::memory_order_relaxed);
}

void Gate::report(int v, Exit why) {
  vcpus_[v].exit.store(why);
  exits_[v / 64].fetch_or(uint64_t{1} << (v % 64));
  kick();
}

// After release_all() threads run without the token, and a ring may have several writers: nothing is recorded any more.

int64_t Gate::record_leaving(int v, FactKind kind, int64_t late_ns) {
  const int64_t now = monotonic_ns();
  if (released() != Released::no) return now;
  Vcpu& vcpu = vcpus_[v];
  Pcpu& pcpu = pcpus_[vcpu.pcpu];
  vcpu.cpu_left_ns = own_cpu_ns();
  const int wish = unpack(pcpu.word.load(std::memory_order_relaxed)).wish;
  pcpu.facts.write({now, vcpu.cpu_left_ns, v, kind, wish == kNone ? -1 : wish, late_ns});
  return now;
}

void Gate::record_kept(int v, int64_t late_ns) {
  if (dismissed(v)) return;
  pcpus_[vcpus_[v].pcpu].facts.write({monotonic_ns(), own_cpu_ns(), v, FactKind::kept, -1, late_ns});
}

// The record has the CPU time of when v last left a core. The clock has stood still since then, and reading it is a
// system call, which would delay the next guest instruction.
void Gate::record_resuming(int v) {
  if (released() != Released::no) return;
  const Vcpu& vcpu = vcpus_[v];
  Pcpu& pcpu = pcpus_[vcpu.pcpu];
  const int64_t now = monotonic_ns();
  const int64_t since_wish = now - pcpu.wished_ns.load(std::memory_order_relaxed);
  pcpu.facts.write({now, vcpu.cpu_left_ns, v, FactKind::resume, -1, since_wish});
}

}  // namespace creditlab
