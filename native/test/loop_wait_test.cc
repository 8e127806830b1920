#include "loop_wait.h"

#include <sys/prctl.h>

#include <atomic>
#include <thread>

#include "clock.h"
#include "doctest.h"
#include "gate.h"
#include "host_cpus.h"
#include "wait_for.h"

using namespace creditlab;

namespace {

constexpr int64_t kFarNs = 60 * kNsPerSecond;

// Until no kick of an earlier test is left.
void settle() {
  while (wait_for_kick(0)) continue;
}

}  // namespace

TEST_CASE("the timers of a thread can be made sharp") {
  std::thread([] {
    CHECK(sharpen_timers() == 0);
    CHECK(prctl(PR_GET_TIMERSLACK, 0UL, 0UL, 0UL, 0UL) == 1);
  }).join();
}

TEST_CASE("a deadline that is over ends the wait at once") {
  settle();
  CHECK_FALSE(wait_for_kick(monotonic_ns() - 1));
}

TEST_CASE("a wait without kick ends at its deadline, never before") {
  settle();
  const int64_t deadline = monotonic_ns() + 30'000'000;
  CHECK_FALSE(wait_for_kick(deadline));
  CHECK(monotonic_ns() >= deadline);
}

TEST_CASE("a kick before the wait counts, once") {
  settle();
  gate().kick();
  CHECK(wait_for_kick(monotonic_ns() + kFarNs));
  CHECK_FALSE(wait_for_kick(monotonic_ns()));
}

TEST_CASE("any number of kicks before the wait are one") {
  settle();
  for (int i = 0; i < 3; ++i) gate().kick();
  CHECK(wait_for_kick(monotonic_ns() + kFarNs));
  CHECK_FALSE(wait_for_kick(monotonic_ns()));
}

TEST_CASE("a kick ends the wait") {
  settle();
  std::thread kicker([] {
    test::sleep_ns(20'000'000);
    gate().kick();
  });
  CHECK(wait_for_kick(monotonic_ns() + kFarNs));
  kicker.join();
}

TEST_CASE("no kick is lost between two waits") {
  settle();
  constexpr int kKicks = 2000;
  std::atomic<int> taken{0};
  std::thread kicker([&] {
    for (int i = 0; i < kKicks; ++i) {
      gate().kick();
      while (taken <= i) std::this_thread::yield();
    }
  });
  bool kicked = true;
  for (int i = 0; i < kKicks && kicked; ++i) {
    kicked = wait_for_kick(monotonic_ns() + kFarNs);
    ++taken;
  }
  CHECK(kicked);
  kicker.join();
}

TEST_CASE("however far away the deadline is, the caller gets a look around") {
  settle();
  const int64_t before = monotonic_ns();
  CHECK_FALSE(wait_for_kick(INT64_MAX));
  CHECK(monotonic_ns() - before < kFarNs);
}

TEST_CASE("a waiting loop keeps its heartbeat alive, so nobody takes it for dead") {
  const auto cpus = test::pcpus(1);
  REQUIRE(gate().reset(cpus.data(), 1, [](int) {}) == 0);
  settle();
  // A vCPU that waits for a wish that never comes: it looks at the heartbeat, and would release everybody.
  std::thread vcpu([] {
    REQUIRE(gate().attach(0) == 0);
    CHECK_FALSE(gate().enter(0));
    gate().detach(0);
  });
  gate().arm();
  const int64_t deadline = monotonic_ns() + (Gate::kStaleLooks + 1) * Gate::kLookNs;
  while (monotonic_ns() < deadline) wait_for_kick(deadline);
  CHECK(gate().released() == Released::no);
  gate().release_all(Released::ended);
  vcpu.join();
  CHECK(gate().released() == Released::ended);
}
