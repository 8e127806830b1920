#include "timer_lateness.h"

#include <errno.h>
#include <sys/prctl.h>
#include <time.h>

#include <atomic>
#include <thread>
#include <vector>

#include "affinity.h"
#include "clock.h"
#include "spin.h"

namespace creditlab {
namespace {

// Spinning threads, which the destructor ends.
class Load {
 public:
  // Negated errno.
  int start(const int* cpus, int count, int64_t slice_ns) {
    std::atomic<int> rc{0};
    std::atomic<int> spinning{0};
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([this, &rc, &spinning, slice_ns, cpu = cpus[i]] {
        set_sched_class(SchedClass::batch, 0, slice_ns);
        if (const int failed = set_affinity(0, cpu); failed < 0) rc = failed;
        spinning.fetch_add(1);
        while (!stop_.load(std::memory_order_relaxed)) cycle_counter();
      });
    }
    while (spinning.load() < count) std::this_thread::yield();
    return rc;
  }
  ~Load() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

int wait_punctually(const TimerWaits& how, int64_t* late_ns, int count) {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  for (int i = 0; i < how.cpu_count; ++i) CPU_SET(static_cast<size_t>(how.cpus[i]), &cpus);
  if (const int rc = set_affinity(0, cpus); rc < 0) return rc;
  if (prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL) != 0) return -errno;
  if (const int rc = set_sched_class(how.timer_class, how.fifo_priority, how.slice_ns); rc < 0) return rc;
  int64_t due = monotonic_ns();
  for (int i = 0; i < count; ++i) {
    due += how.period_ns;
    const timespec at = to_timespec(due);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr) == EINTR) {
    }
    late_ns[i] = monotonic_ns() - due;
  }
  return 0;
}

}  // namespace

int bench_timer_lateness(const TimerWaits& how, int64_t* late_ns, int count) {
  for (int i = 0; i < how.cpu_count; ++i)
    if (how.cpus[i] < 0 || how.cpus[i] >= kMaxHostCpus) return -EINVAL;
  Load load;
  if (const int rc = load.start(how.cpus, how.cpu_count, how.hog_slice_ns); rc < 0) return rc;
  int rc = 0;
  // A thread of its own: its class and slack end with it.
  std::thread([&] { rc = wait_punctually(how, late_ns, count); }).join();
  return rc;
}

}  // namespace creditlab
