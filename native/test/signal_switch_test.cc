#include "bench/signal_switch.h"

#include <errno.h>
#include <signal.h>

#include <algorithm>
#include <vector>

#include "affinity.h"
#include "doctest.h"
#include "host_cpus.h"

using namespace creditlab;

namespace {

constexpr int kCapacity = 4096;

struct Turns {
  std::vector<Absence> absences[2] = {std::vector<Absence>(kCapacity), std::vector<Absence>(kCapacity)};
  int counts[2] = {-1, -1};
  int rc = 0;
};

SignalSwitches short_turns() {
  const auto cpus = test::host_cpus();
  return {.cpu = cpus.front(),
          .driver_cpu = cpus.size() > 1 ? cpus.back() : -1,
          .slice_ns = 20'000'000,
          .period_ns = 500'000,
          .ticks = 400'000'000,
          .threshold = 1000};
}

Turns run(const SignalSwitches& how) {
  Turns turns;
  Absence* const absences[2] = {turns.absences[0].data(), turns.absences[1].data()};
  turns.rc = bench_signal_switch(how, absences, kCapacity, turns.counts);
  return turns;
}

uint64_t longest(const std::vector<Absence>& absences, int count) {
  uint64_t most = 0;
  for (int i = 0; i < count; ++i) {
    const Absence& absence = absences[static_cast<size_t>(i)];
    most = std::max(most, absence.first_after - absence.last_before);
  }
  return most;
}

}  // namespace

TEST_CASE("both threads are away while the other has its turn") {
  const Turns turns = run(short_turns());
  REQUIRE(turns.rc == 0);
  for (int g = 0; g < 2; ++g) {
    REQUIRE(turns.counts[g] > 1);
    REQUIRE(turns.counts[g] <= kCapacity);
    // The other thread's turn of 500 µs has more ticks than that if the counter has 25 MHz or more.
    CHECK(longest(turns.absences[g], turns.counts[g]) > 10'000);
  }
}

TEST_CASE("the two threads never spin at the same time") {
  const Turns turns = run(short_turns());
  REQUIRE(turns.rc == 0);
  // When a thread comes back from a long absence, the other one has just left. So that instant lies in an absence of
  // the other one.
  int inside = 0;
  int arrivals = 0;
  // A good part of a turn, whatever the counter's speed: a shorter absence is an interrupt.
  const uint64_t long_enough = longest(turns.absences[0], turns.counts[0]) / 4;
  for (int i = 0; i < turns.counts[0]; ++i) {
    const Absence& mine = turns.absences[0][static_cast<size_t>(i)];
    if (mine.first_after - mine.last_before < long_enough) continue;
    ++arrivals;
    for (int j = 0; j < turns.counts[1]; ++j) {
      const Absence& theirs = turns.absences[1][static_cast<size_t>(j)];
      if (theirs.last_before <= mine.first_after && mine.first_after <= theirs.first_after) ++inside;
    }
  }
  REQUIRE(arrivals > 1);
  // After the last arrival the other thread has no absence any more, because it has ended. And when other programs had
  // the core, both threads were absent at once. Threads that spun side by side would be inside half of the time, by
  // chance.
  CHECK(10 * inside >= 9 * (arrivals - 1));
}

TEST_CASE("signals that come before a thread's first turn wedge nothing") {
  // So short a period that signals pile up while the threads are still on their way.
  SignalSwitches how = short_turns();
  how.period_ns = 1'000;
  how.ticks = 2'000'000;
  for (int i = 0; i < 100; ++i) REQUIRE(run(how).rc == 0);
}

TEST_CASE("the caller stays where it was, and so does the signal's action") {
  const auto before = test::host_cpus();
  struct sigaction action {};
  SignalSwitches how = short_turns();
  how.ticks = 1'000'000;
  REQUIRE(run(how).rc == 0);
  CHECK(test::host_cpus() == before);
  REQUIRE(sigaction(SIGRTMIN + 6, nullptr, &action) == 0);
  const bool is_default = action.sa_handler == SIG_DFL;
  CHECK(is_default);
}

TEST_CASE("a core that can't be had is reported") {
  SignalSwitches how = short_turns();
  how.cpu = kMaxHostCpus - 1;
  CHECK(run(how).rc == -EINVAL);
  how = short_turns();
  how.driver_cpu = kMaxHostCpus;
  CHECK(run(how).rc == -EINVAL);
}
