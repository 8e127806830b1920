#include "pause.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>

#include "clock.h"
#include "code_map.h"
#include "futex.h"

// The C library may lack the names of SIGEV_THREAD_ID's field.
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

namespace creditlab {
namespace {

constexpr int64_t kFirstLookNs = 50'000;
constexpr int64_t kLastLookNs = 1'000'000;
// What a vCPU that strays on the pCPUs takes of them, and how long it leaves them alone then.
constexpr int64_t kStrayNs = 200'000;
constexpr int64_t kRestNs = 10'000'000;

// What the handler knows of a vCPU's thread. Only that thread touches it, in its own code and in its handler. Signal
// fences order the two.
struct Region {
  volatile sig_atomic_t open = 0;
  volatile sig_atomic_t deferring = 0;  // a pause is deferred, and the timer is armed
  int64_t asked_ns = 0;
  int64_t look_ns = 0;
  timer_t timer{};
};

Region regions[kMaxVcpus];
std::atomic<bool> naive{false};
pid_t own_pid = 0;
// 0: not installed yet
std::atomic<int> installed_signal{0};
std::atomic<uint64_t> heard{0};

// What the kernel refused. `owed` has a bit for each vCPU that is owed a signal.
std::atomic<uint64_t> refused_signals{0};
std::atomic<uint64_t> refused_timers{0};
std::atomic<int> signal_error{0};
std::atomic<int> timer_error{0};
std::atomic<uint64_t> owed[kMaxVcpus / 64] = {};

uintptr_t interrupted_at(const void* context) {
  const auto& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  return static_cast<uintptr_t>(machine.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return static_cast<uintptr_t>(machine.pc);
#else
#error "x86-64 and arm64 only"
#endif
}

void set_timer(const Region& region, int64_t delay_ns) {
  itimerspec spec{};
  spec.it_value = to_timespec(delay_ns);  // 0 disarms
  if (timer_settime(region.timer, 0, &spec, nullptr) == 0) return;
  timer_error.store(errno, std::memory_order_relaxed);
  refused_timers.fetch_add(1, std::memory_order_relaxed);
}

void defer_pause(Region& region) {
  if (!region.deferring) {
    region.deferring = 1;
    region.asked_ns = monotonic_ns();
    region.look_ns = kFirstLookNs;
  } else if (region.look_ns < kLastLookNs) {
    region.look_ns = region.look_ns * 2 < kLastLookNs ? region.look_ns * 2 : kLastLookNs;
  }
  set_timer(region, region.look_ns);
}

// Ends the deferral of a pause, if there is one: disarms the timer, and returns how long the pause was deferred, else
// 0. A deferred pause that is called off, because the vCPU is wished for again or leaves by itself, gets a record of
// its own: another vCPU was wished for meanwhile, and couldn't run.
int64_t end_deferral(int v, Region& region, bool pausing) {
  if (!region.deferring) return 0;
  region.deferring = 0;
  set_timer(region, 0);
  if (gate().dismissed(v)) return 0;
  const int64_t late = monotonic_ns() - region.asked_ns;
  gate().vcpu(v).deferred.fetch_add(1, std::memory_order_relaxed);
  gate().vcpu(v).overrun_ns.fetch_add(late, std::memory_order_relaxed);
  if (!pausing) gate().record_kept(v, late);
  return late;
}

// Called in the thread's own code, with the region closed.
void pause_at_step(int v, Region& region) { gate().pause(v, end_deferral(v, region, true)); }

// Takes an announced signal off, if one is left: a stranger's signal may have taken off the loop's.
void take_off_announced(Vcpu& vcpu) {
  uint32_t seen = vcpu.announced_signals.load();
  while (seen != 0 && !vcpu.announced_signals.compare_exchange_strong(seen, seen - 1)) {
  }
}

// An announced signal has arrived. A stranger's queued signal counts as one, too; the vCPU then doesn't wait for the
// loop's.
void count_arrival(Vcpu& vcpu, const siginfo_t* info) {
  if (info->si_code == SI_QUEUE) take_off_announced(vcpu);
}

bool pausable(const void* context) {
  return CodeMap::pausable(interrupted_at(context)) || naive.load(std::memory_order_relaxed);
}

// In the handler: pauses v if the loop wants that and the code allows it.
void look_at_wish(int v, Region& region, const void* context) {
  if (gate().dismissed(v) || !gate().unwanted(v)) {
    end_deferral(v, region, false);
  } else if (pausable(context)) {
    gate().pause(v, end_deferral(v, region, true), Signals::held);
    // The wish may have changed again while the token was on its way here. The signal for that is pending then, blocked
    // by this handler's mask. It arrives at the same instruction as soon as the handler returns.
  } else {
    defer_pause(region);
  }
}

// In the handler: keeps a retired vCPU that has to finish its step on the pCPUs from taking them.
void rest_if_straying(int v, const Region& region, const void* context) {
  Vcpu& vcpu = gate().vcpu(v);
  if (gate().released() != Released::no || vcpu.state != State::retired || !vcpu.on_pcpus) return;
  if (pausable(context)) sleep_while_zero(vcpu.go, kRestNs);
  if (gate().released() == Released::no) set_timer(region, kStrayNs);
}

void on_signal(int, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  const int v = info->si_value.sival_int;
  if (v == kSelfTest) heard.fetch_add(1, std::memory_order_relaxed);
  // Anyone may send this process the signal, with any value. Only the number of this thread's own vCPU counts.
  const bool ours = v >= 0 && v < kMaxVcpus && gate().vcpu(v).thread == reinterpret_cast<uintptr_t>(pthread_self());
  if (ours) count_arrival(gate().vcpu(v), info);
  if (ours && regions[v].open) {
    look_at_wish(v, regions[v], context);
    rest_if_straying(v, regions[v], context);
  }
  errno = saved_errno;
}

void open(Region& region) {
  std::atomic_signal_fence(std::memory_order_seq_cst);
  region.open = 1;
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

void close(Region& region) {
  std::atomic_signal_fence(std::memory_order_seq_cst);
  region.open = 0;
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

}  // namespace

void set_naive_pausing(bool on) { naive = on; }

int VcpuThread::attach(int v) {
  if (v_ != -1) return -EBUSY;
  if (v < 0 || v >= kMaxVcpus) return -EINVAL;
  timer_t timer;
  if (const int rc = create_pause_timer(v, &timer); rc < 0) return rc;
  const int rc = gate().attach(v);
  if (rc < 0) {
    timer_delete(timer);
    return rc;
  }
  // The region belongs to the attached thread only.
  regions[v] = Region{};
  regions[v].timer = timer;
  v_ = v;
  return 0;
}

bool VcpuThread::enter() {
  // The workload may have loaded a library while it prepared.
  CodeMap::refresh();
  if (!gate().enter(v_)) return false;
  open(regions[v_]);
  // A signal that came before the region was open had no effect.
  return checkpoint(0);
}

bool VcpuThread::checkpoint(uint64_t units) {
  Gate& g = gate();
  g.vcpu(v_).units.store(units, std::memory_order_relaxed);
  // Asks again after each grant, with the region open: a signal that came while it was closed had no effect.
  while (g.unwanted(v_) && !g.dismissed(v_)) {
    Region& region = regions[v_];
    close(region);
    pause_at_step(v_, region);
    open(region);
  }
  return !g.dismissed(v_);
}

bool VcpuThread::sleep(int64_t sleep_ns) {
  Region& region = regions[v_];
  close(region);
  end_deferral(v_, region, false);
  const int64_t wake_at = sleep_ns < 0 ? INT64_MAX : monotonic_ns() + sleep_ns;
  const bool go_on = gate().block(v_, Exit::blocked, wake_at);
  open(region);
  return go_on && checkpoint(gate().vcpu(v_).units.load(std::memory_order_relaxed));
}

bool VcpuThread::yield() {
  Region& region = regions[v_];
  close(region);
  end_deferral(v_, region, false);
  const bool go_on = gate().block(v_, Exit::yielded, 0);
  open(region);
  return go_on && checkpoint(gate().vcpu(v_).units.load(std::memory_order_relaxed));
}

void VcpuThread::finish(uint64_t units) {
  Region& region = regions[v_];
  if (!region.open) return;
  close(region);
  end_deferral(v_, region, false);
  gate().vcpu(v_).units.store(units, std::memory_order_relaxed);
  gate().finish(v_);
}

void VcpuThread::leave() {
  if (v_ == -1) return;
  Region& region = regions[v_];
  close(region);
  end_deferral(v_, region, false);
  // Before detaching: after that the region may belong to another thread.
  timer_delete(region.timer);
  gate().detach(v_);
  v_ = -1;
}

// --- the signal -----------------------------------------------------------------------------------------------------

// None of the signals that Node (SIGUSR1), profilers (SIGPROF) and the C library (the first real-time ones) use.
int usual_pause_signal() { return SIGRTMIN + 5; }

int pause_signal() {
  const int signal = installed_signal.load(std::memory_order_relaxed);
  return signal == 0 ? usual_pause_signal() : signal;
}

bool owns_pause_signal() {
  struct sigaction action {};
  return sigaction(pause_signal(), nullptr, &action) == 0 && (action.sa_flags & SA_SIGINFO) != 0 &&
         action.sa_sigaction == on_signal;
}

int install_pause_handler() {
  own_pid = getpid();
  if (owns_pause_signal()) return 0;
  for (int signal = usual_pause_signal(); signal <= SIGRTMAX; ++signal) {
    struct sigaction action {};
    if (sigaction(signal, nullptr, &action) != 0) return -errno;
    // A signal that is ignored is free: the parent of this process may have set it so.
    if ((action.sa_flags & SA_SIGINFO) != 0 || (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN)) continue;
    action = {};
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigfillset(&action.sa_mask);
    if (sigaction(signal, &action, nullptr) != 0) return -errno;
    installed_signal = signal;
    return 0;
  }
  return -EBUSY;
}

int queue_pause_signal(pid_t tid, int value) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  info.si_signo = pause_signal();
  info.si_code = SI_QUEUE;
  info.si_value.sival_int = value;
  return syscall(SYS_rt_tgsigqueueinfo, own_pid, tid, info.si_signo, &info) == 0 ? 0 : -errno;
}

int create_pause_timer(int value, timer_t* timer) {
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = pause_signal();
  event.sigev_value.sival_int = value;
  event.sigev_notify_thread_id = static_cast<pid_t>(syscall(SYS_gettid));
  return timer_create(CLOCK_MONOTONIC, &event, timer) == 0 ? 0 : -errno;
}

uint64_t self_tests_heard() { return heard.load(std::memory_order_relaxed); }

// --- what the kernel refuses ----------------------------------------------------------------------------------------
// A refused signal delays a pause; the pause isn't lost. The vCPU sees the wish at its next check, or gets the signal
// that the loop sends again.

namespace {

// Announces the signal, and sends it if the vCPU still runs: gate.h says why in this order. Negated errno. A thread
// that has ended meanwhile is no error; the loop learns of it as an exit.
int announce_and_send(int v) {
  Vcpu& vcpu = gate().vcpu(v);
  vcpu.announced_signals.fetch_add(1);
  int rc = 0;
  if (vcpu.state == State::running) {
    rc = queue_pause_signal(vcpu.tid, v);
    if (rc == 0) return 0;
  }
  take_off_announced(vcpu);
  return rc == -ESRCH ? 0 : rc;
}

}  // namespace

void send_pause_signal(int vcpu) {
  const int rc = announce_and_send(vcpu);
  if (rc == 0) return;
  signal_error.store(-rc, std::memory_order_relaxed);
  refused_signals.fetch_add(1, std::memory_order_relaxed);
  owed[vcpu / 64].fetch_or(uint64_t{1} << (vcpu % 64));
}

int resend_pause_signals() {
  int still_owed = 0;
  for (int i = 0; i < kMaxVcpus / 64; ++i) {
    uint64_t bits = owed[i].load(std::memory_order_relaxed);
    for (; bits != 0; bits &= bits - 1) {
      const int v = i * 64 + __builtin_ctzll(bits);
      bool holds = false;
      for (int p = 0; p < gate().pcpu_count(); ++p) holds = holds || gate().holder(p) == v;
      // A vCPU that is wished for again ignores the signal.
      const int rc = holds ? announce_and_send(v) : 0;
      if (rc == 0) {
        owed[i].fetch_and(~(uint64_t{1} << (v % 64)));
      } else {
        ++still_owed;
      }
    }
  }
  return still_owed;
}

Refusals refusals() { return {refused_signals, signal_error, refused_timers, timer_error}; }

void reset_refusals() {
  refused_signals = 0;
  refused_timers = 0;
  signal_error = 0;
  timer_error = 0;
  for (auto& bits : owed) bits = 0;
}

}  // namespace creditlab
