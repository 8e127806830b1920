// One vCPU is retired while the run goes on, by real signals, in the middle of a step.
#include <atomic>
#include <vector>

#include "affinity.h"
#include "clock.h"
#include "doctest.h"
#include "pause.h"
#include "pause_fixture.h"
#include "thread_info.h"

using namespace creditlab;
using test::compute;
using test::compute_holding_locks;
using test::Guest;
using test::PauseFixture;
using test::Step;
using test::wait_for;

namespace {

bool has_state(int v, State state) {
  return wait_for([&] { return gate().vcpu(v).state == state; });
}

// May the threads that this one starts run elsewhere than on the pCPUs?
void confine_to(const std::vector<int>& cpus) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus) CPU_SET(static_cast<size_t>(cpu), &set);
  REQUIRE(set_affinity(0, set) == 0);
}

int64_t sleeps(int v) {
  SchedStats stats;
  REQUIRE(sched_stats(gate().vcpu(v).tid, stats) == 0);
  return stats.voluntary_switches;
}

}  // namespace

TEST_CASE("a vCPU that is retired in the middle of a step gives its core away at once, and finishes the step") {
  PauseFixture fixture;
  Step step;
  Step other;
  std::atomic<int> goes_on{-1};
  Guest a(0, [&](VcpuThread& self) {
    compute(&step);
    goes_on = self.checkpoint(7);
  });
  Guest b(1, [&](VcpuThread&) { compute(&other); });
  gate().dispatch(0, 0);
  REQUIRE(step.advances());
  REQUIRE(has_state(1, State::waiting));
  SUBCASE("that is told first") { gate().dispatch(0, 1); }
  SUBCASE("that is told afterwards") {}
  gate().retire(0);
  REQUIRE(has_state(0, State::retired));
  gate().dispatch(0, 1);
  REQUIRE(other.advances());
  CHECK(gate().holder(0) == 1);

  // Nobody is charged for what is left of the step. A thread that was asleep notes its CPU time when it wakes up, so
  // that is known once it goes on.
  REQUIRE(step.advances());
  const int64_t cpu_ns = gate().cpu_ns(0);
  CHECK(step.advances());
  CHECK(gate().cpu_ns(0) == cpu_ns);
  CHECK(gate().thread_cpu_ns(0) > cpu_ns);
  step.stop();
  a.join();
  CHECK(goes_on == 0);
  CHECK(gate().vcpu(0).units == 1);
  CHECK(gate().vcpu(0).end_ns == 0);
  CHECK(gate().vcpu(0).retired_ns > gate().vcpu(0).start_ns);
  CHECK(gate().cpu_ns(0) == cpu_ns);
  const auto facts = PauseFixture::facts(0);
  REQUIRE(facts.size() == 3);
  CHECK(facts[1].kind == FactKind::pause);
  CHECK(facts[1].vcpu == 0);
  CHECK(facts[2].vcpu == 1);
  Exit why;
  CHECK(gate().next_exit(why) == kNone);
  CHECK(gate().released() == Released::no);
  other.stop();
}

TEST_CASE("a vCPU that is paused in the middle of a step and then retired finishes the step") {
  PauseFixture fixture;
  Step step;
  Step other;
  std::atomic<int> goes_on{-1};
  Guest a(0, [&](VcpuThread& self) {
    compute(&step);
    goes_on = self.checkpoint(7);
  });
  Guest b(1, [&](VcpuThread&) { compute(&other); });
  gate().dispatch(0, 0);
  REQUIRE(step.advances());
  gate().dispatch(0, 1);
  REQUIRE(other.advances());
  CHECK(step.stands());
  const int64_t before = monotonic_ns();
  gate().retire(0);
  CHECK(step.advances());
  CHECK(gate().holder(0) == 1);
  CHECK(gate().vcpu(0).retired_ns >= before);
  step.stop();
  a.join();
  CHECK(goes_on == 0);
  CHECK(other.advances());
  CHECK(PauseFixture::facts(0).size() == 3);
  other.stop();
}

TEST_CASE("code that might hold a lock keeps the core of a vCPU that is to retire") {
  PauseFixture fixture;
  Step locked;
  Step free;
  Guest guest(0, [&](VcpuThread&) {
    compute_holding_locks(&locked);
    compute(&free);
  });
  gate().dispatch(0, 0);
  REQUIRE(locked.advances());
  gate().retire(0);
  test::sleep_ns(20'000'000);
  CHECK(locked.advances());
  CHECK(gate().holder(0) == 0);
  CHECK(gate().vcpu(0).state == State::running);
  locked.stop();
  REQUIRE(has_state(0, State::retired));
  CHECK(gate().holder(0) == kNone);
  CHECK(free.advances());
  const auto facts = PauseFixture::facts(0);
  REQUIRE(facts.size() == 2);
  CHECK(facts[1].late_ns >= 20'000'000);
  CHECK(gate().vcpu(0).overrun_ns == facts[1].late_ns);
  free.stop();
}

TEST_CASE("a vCPU that is to retire does so at its check, when it goes to sleep, and when it yields") {
  PauseFixture fixture;
  Step locked;
  std::atomic<int> goes_on{-1};
  using Leave = bool (*)(VcpuThread&);
  Leave leave = nullptr;
  SUBCASE("check") {
    leave = [](VcpuThread& self) { return self.checkpoint(1); };
  }
  SUBCASE("sleep") {
    leave = [](VcpuThread& self) { return self.sleep(-1); };
  }
  SUBCASE("yield") {
    leave = [](VcpuThread& self) { return self.yield(); };
  }
  Guest guest(0, [&](VcpuThread& self) {
    compute_holding_locks(&locked);
    goes_on = leave(self);
  });
  gate().dispatch(0, 0);
  REQUIRE(locked.advances());
  gate().retire(0);
  locked.stop();
  guest.join();
  CHECK(goes_on == 0);
  CHECK(gate().holder(0) == kNone);
  CHECK(gate().vcpu(0).retired_ns > 0);
  Exit why;
  CHECK(gate().next_exit(why) == kNone);
}

TEST_CASE("a vCPU that sleeps is retired: it wakes up and leaves") {
  PauseFixture fixture;
  std::atomic<int> goes_on{-1};
  Guest guest(0, [&](VcpuThread& self) { goes_on = self.sleep(-1); });
  gate().dispatch(0, 0);
  Exit why;
  REQUIRE(wait_for([&] { return gate().next_exit(why) == 0; }));
  gate().retire(0);
  guest.join();
  CHECK(goes_on == 0);
}

TEST_CASE("a retired vCPU that has no other CPUs than the pCPUs takes a small part of them") {
  const std::vector<int> allowed = test::host_cpus();
  PauseFixture fixture;
  confine_to(fixture.cpus);
  Step step;
  Step locked;
  Guest guest(0, [&](VcpuThread&) {
    compute(&step);
    compute_holding_locks(&locked);
  });
  confine_to(allowed);
  gate().dispatch(0, 0);
  REQUIRE(step.advances());
  gate().retire(0);
  REQUIRE(has_state(0, State::retired));
  const int64_t from = monotonic_ns();
  const int64_t before = gate().thread_cpu_ns(0);
  test::sleep_ns(500'000'000);
  const double used = static_cast<double>(gate().thread_cpu_ns(0) - before);
  const double part = used / static_cast<double>(monotonic_ns() - from);
  CHECK(step.advances());
  CHECK(part > 0.0005);
  CHECK(part < 0.1);

  // Where it might hold a lock it isn't put to sleep.
  step.stop();
  REQUIRE(locked.advances());
  const int64_t sleeps_before = sleeps(0);
  test::sleep_ns(100'000'000);
  CHECK(sleeps(0) - sleeps_before <= 1);
  locked.stop();
}

TEST_CASE("a retired vCPU that has other CPUs than the pCPUs computes on without a break") {
  if (test::host_cpus().size() < 2) {
    MESSAGE("skipped: this machine has one CPU");
    return;
  }
  PauseFixture fixture;
  REQUIRE(gate().reset(fixture.cpus.data(), 1, send_pause_signal) == 0);
  Step step;
  Guest guest(0, [&](VcpuThread&) { compute(&step); });
  gate().dispatch(0, 0);
  REQUIRE(step.advances());
  gate().retire(0);
  REQUIRE(has_state(0, State::retired));
  CHECK(step.advances());
  const int64_t sleeps_before = sleeps(0);
  test::sleep_ns(100'000'000);
  CHECK(sleeps(0) - sleeps_before <= 1);
  CHECK(step.advances());
  step.stop();
}

TEST_CASE("the end of the run finds a retired vCPU in its step, and lets it compute on") {
  const std::vector<int> allowed = test::host_cpus();
  PauseFixture fixture;
  confine_to(fixture.cpus);
  Step step;
  Guest guest(0, [&](VcpuThread&) { compute(&step); });
  confine_to(allowed);
  gate().dispatch(0, 0);
  REQUIRE(step.advances());
  gate().retire(0);
  REQUIRE(has_state(0, State::retired));
  gate().release_all(Released::ended);
  // After at most one more sleep.
  test::sleep_ns(20'000'000);
  const int64_t sleeps_before = sleeps(0);
  CHECK(step.advances());
  test::sleep_ns(50'000'000);
  CHECK(sleeps(0) - sleeps_before <= 1);
  CHECK(gate().attached() == 1);
  step.stop();
  guest.join();
  CHECK(gate().attached() == 0);
}
