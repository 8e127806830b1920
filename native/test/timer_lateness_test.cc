#include "bench/timer_lateness.h"

#include <errno.h>
#include <sched.h>

#include <vector>

#include "affinity.h"
#include "clock.h"
#include "doctest.h"
#include "host_cpus.h"

using namespace creditlab;

namespace {

TimerWaits waits(const std::vector<int>& cpus) {
  return {.cpus = cpus.data(),
          .cpu_count = static_cast<int>(cpus.size()),
          .hog_slice_ns = 20'000'000,
          .timer_class = SchedClass::other,
          .fifo_priority = 0,
          .slice_ns = 100'000,
          .period_ns = 1'000'000};
}

}  // namespace

TEST_CASE("no wait ends early, and together they last as long as they should") {
  const auto cpus = test::host_cpus();
  std::vector<int64_t> late_ns(50, -1);
  const int64_t start = monotonic_ns();
  REQUIRE(bench_timer_lateness(waits(cpus), late_ns.data(), 50) == 0);
  CHECK(monotonic_ns() - start >= 50'000'000);
  for (const int64_t ns : late_ns) REQUIRE(ns >= 0);
}

TEST_CASE("every CPU is busy meanwhile") {
  const auto cpus = test::host_cpus();
  std::vector<int64_t> late_ns(200);
  const int64_t cpu_before = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  REQUIRE(bench_timer_lateness(waits(cpus), late_ns.data(), 200) == 0);
  // At least a tenth of one CPU's 200 ms, however busy the machine is with other things.
  CHECK(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_before > 20'000'000);
}

TEST_CASE("the caller keeps its CPUs and its class") {
  const auto cpus = test::host_cpus();
  std::vector<int64_t> late_ns(3);
  REQUIRE(bench_timer_lateness(waits(cpus), late_ns.data(), 3) == 0);
  CHECK(test::host_cpus() == cpus);
  CHECK(sched_getscheduler(0) == SCHED_OTHER);
}

TEST_CASE("a core or a class that can't be had is reported") {
  std::vector<int64_t> late_ns(1);
  CHECK(bench_timer_lateness(waits({kMaxHostCpus}), late_ns.data(), 1) == -EINVAL);
  CHECK(bench_timer_lateness(waits({kMaxHostCpus - 1}), late_ns.data(), 1) == -EINVAL);
  const auto cpus = test::host_cpus();
  TimerWaits bad_class = waits(cpus);
  bad_class.timer_class = SchedClass::fifo;
  bad_class.fifo_priority = 1000;
  CHECK(bench_timer_lateness(bad_class, late_ns.data(), 1) < 0);
}
