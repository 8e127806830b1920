// A pCPU takes over a vCPU that is just leaving another one: how long does it take until the vCPU computes there? If
// the outgoing thread woke its successor while its own state was still `running`, no pCPU could be granted it for up to
// a slice of the kernel's.
#include <algorithm>
#include <vector>

#include "clock.h"
#include "doctest.h"
#include "gate.h"
#include "others.h"
#include "pause_fixture.h"
#include "thread_info.h"

using namespace creditlab;
using test::Guest;
using test::PauseFixture;
using test::Step;

namespace {

constexpr int kSteals = 200;
constexpr int kRounds = 10;
// The guests are busy on all CPUs: whatever others take, somebody here waits for.
constexpr double kQuietPercent = 3;
constexpr int64_t kBoundNs = 1'000'000;
constexpr int64_t kSliceNs = 20'000'000;

Guest::Body computing(Step& step) {
  return [&step](VcpuThread&) {
    set_sched_class(SchedClass::batch, 0, kSliceNs);
    compute(&step);
  };
}

// This thread plays the loop, and is as punctual: an ordinary one would lose its core to the guests between two wishes.
class AsPunctualAsTheLoop {
 public:
  AsPunctualAsTheLoop() {
    if (set_sched_class(SchedClass::fifo, 50, 0) != 0) set_sched_class(SchedClass::other, 0, kLoopSliceNs);
  }
  ~AsPunctualAsTheLoop() { set_sched_class(SchedClass::other, 0, 0); }

 private:
  static constexpr int64_t kLoopSliceNs = 100'000;
};

// From the loop's wish to the vCPU's first instruction on the second pCPU, while it leaves the first one.
int64_t steal_once() {
  gate().dispatch(0, 0);
  REQUIRE(PauseFixture::held_by(0, 0));
  test::sleep_ns(2'000'000);
  PauseFixture::facts(1);
  gate().dispatch(0, 1);
  const int64_t decided_ns = monotonic_ns();
  gate().dispatch(1, 0);
  std::vector<Fact> facts;
  REQUIRE(test::wait_for([&] {
    for (const Fact& fact : PauseFixture::facts(1)) facts.push_back(fact);
    return !facts.empty() && facts.back().kind == FactKind::resume;
  }));
  gate().dispatch(1, kNone);
  REQUIRE(PauseFixture::held_by(1, kNone));
  PauseFixture::facts(0);
  return facts.back().time_ns - decided_ns;
}

int64_t p99_of_a_round() {
  std::vector<int64_t> took;
  for (int i = 0; i < kSteals; ++i) took.push_back(steal_once());
  std::sort(took.begin(), took.end());
  return took[kSteals * 99 / 100];
}

}  // namespace

TEST_CASE("a vCPU that is just leaving its core computes on the one that takes it over within a millisecond") {
  PauseFixture fixture;
  if (fixture.cpus[0] == fixture.cpus[1]) {
    MESSAGE("skipped: needs two CPUs");
    return;
  }
  Step steps[2];
  {
    Guest a(0, computing(steps[0]));
    Guest b(1, computing(steps[1]));
    const AsPunctualAsTheLoop punctual;
    // What the gate itself does wrong happens in every round. One that others disturbed says nothing if it is slow.
    int64_t best_ns = INT64_MAX;
    int quiet_rounds = 0;
    for (int round = 0; round < kRounds && best_ns > kBoundNs && quiet_rounds < 3; ++round) {
      const test::Others others;
      const int64_t p99_ns = p99_of_a_round();
      const double percent = others.percent();
      MESSAGE("p99 " << p99_ns / 1000 << " us, others took " << percent << " % of the CPUs");
      best_ns = std::min(best_ns, p99_ns);
      if (percent <= kQuietPercent) ++quiet_rounds;
    }
    if (best_ns > kBoundNs && quiet_rounds == 0) {
      MESSAGE("skipped: others disturbed all rounds");
    } else {
      CHECK(best_ns <= kBoundNs);
    }
    for (Step& step : steps) step.stop();
    gate().release_all(Released::ended);
  }
}
