#include "signal_switch.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "affinity.h"
#include "clock.h"
#include "futex.h"
#include "thread_info.h"

namespace creditlab {
namespace {

// Not the gate's signal, which this process may use as well.
int bare_signal() { return SIGRTMIN + 6; }

struct Turns {
  alignas(128) std::atomic<uint32_t> go[2] = {};
  alignas(128) std::atomic<bool> over{false};  // a spin has ended: nobody takes turns any more
  std::atomic<bool> driver_gone{false};        // no signal will be sent any more
  std::atomic<uint32_t> ready{0};
  std::atomic<pid_t> tids[2] = {};
};

// The handler must find it. One bench at a time.
Turns* turns = nullptr;

void wake(std::atomic<uint32_t>& go) {
  go.store(1);
  futex_wake(go);
}

void sleep_until_woken(std::atomic<uint32_t>& go) {
  while (go.exchange(0) == 0) syscall(SYS_futex, &go, FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
}

void on_bare_signal(int, siginfo_t* info, void*) {
  const int saved_errno = errno;
  const int me = info->si_value.sival_int;
  if (!turns->over.load(std::memory_order_relaxed)) {
    wake(turns->go[1 - me]);
    sleep_until_woken(turns->go[me]);
  }
  errno = saved_errno;
}

void mask_bare_signal(int how) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, bare_signal());
  pthread_sigmask(how, &set, nullptr);
}

void send(pid_t pid, pid_t tid, int to) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  info.si_signo = bare_signal();
  info.si_code = SI_QUEUE;
  info.si_value.sival_int = to;
  syscall(SYS_rt_tgsigqueueinfo, pid, tid, info.si_signo, &info);
}

void drive(Turns& shared, const SignalSwitches& how) {
  prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  while (shared.ready.load() < 2) usleep(100);
  const pid_t pid = getpid();
  const pid_t tids[2] = {shared.tids[0].load(), shared.tids[1].load()};
  wake(shared.go[0]);
  int64_t due = monotonic_ns();
  for (int holder = 0; !shared.over.load(); holder = 1 - holder) {
    due += how.period_ns;
    const timespec at = to_timespec(due);
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr);
    send(pid, tids[holder], holder);
  }
  shared.driver_gone = true;
  shared.driver_gone.notify_all();
}

int spin(Turns& shared, int me, const SignalSwitches& how, Absence* absences, int capacity) {
  // As for the lab's vCPUs. Where this class isn't permitted, the thread stays in the default one.
  set_sched_class(SchedClass::batch, 0, how.slice_ns);
  // No signal before its first turn: a handler that interrupted this wait would take the wake-up that the wait is for.
  mask_bare_signal(SIG_BLOCK);
  shared.tids[me] = static_cast<pid_t>(syscall(SYS_gettid));
  shared.ready.fetch_add(1);
  sleep_until_woken(shared.go[me]);
  mask_bare_signal(SIG_UNBLOCK);
  const int count = shared.over ? 0 : spin_and_watch(how.ticks, how.threshold, absences, capacity);
  // The other thread may sleep in its handler.
  shared.over = true;
  wake(shared.go[1 - me]);
  // A signal for a thread that is gone might reach another thread that has got its number.
  shared.driver_gone.wait(false);
  return count;
}

}  // namespace

int bench_signal_switch(const SignalSwitches& how, Absence* const absences[2], int capacity, int counts[2]) {
  cpu_set_t before;
  if (const int rc = get_affinity(0, before); rc < 0) return rc;
  // The threads inherit the CPU that they are to run on, so a CPU that can't be had is known before they start.
  const auto pinned = [&](int cpu, const auto& body) -> std::thread {
    if (cpu >= 0) set_affinity(0, cpu);
    std::thread thread(body);
    set_affinity(0, before);
    return thread;
  };
  for (const int cpu : {how.cpu, how.driver_cpu < 0 ? how.cpu : how.driver_cpu}) {
    const int rc = set_affinity(0, cpu);
    set_affinity(0, before);
    if (rc < 0) return rc;
  }
  struct sigaction action {};
  struct sigaction action_before {};
  action.sa_sigaction = on_bare_signal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigfillset(&action.sa_mask);
  if (sigaction(bare_signal(), &action, &action_before) != 0) return -errno;

  Turns shared;
  turns = &shared;
  std::thread first = pinned(how.cpu, [&] { counts[0] = spin(shared, 0, how, absences[0], capacity); });
  std::thread second = pinned(how.cpu, [&] { counts[1] = spin(shared, 1, how, absences[1], capacity); });
  std::thread driver = pinned(how.driver_cpu, [&] { drive(shared, how); });
  driver.join();
  first.join();
  second.join();
  turns = nullptr;
  sigaction(bare_signal(), &action_before, nullptr);
  return 0;
}

}  // namespace creditlab
