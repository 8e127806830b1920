// What the kernel may refuse while vCPUs are paused: signals and timers. And what happens when something else in the
// process handles the pause signal.
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "doctest.h"
#include "in_child.h"
#include "loop_wait.h"
#include "pause.h"
#include "pause_fixture.h"

using namespace creditlab;
using test::compute;
using test::Guest;
using test::in_child;
using test::PauseFixture;
using test::Step;

namespace {

// While it lives, no signal can be queued.
class NoPendingSignals {
 public:
  NoPendingSignals() {
    REQUIRE(getrlimit(RLIMIT_SIGPENDING, &before_) == 0);
    const rlimit none{0, before_.rlim_max};
    REQUIRE(setrlimit(RLIMIT_SIGPENDING, &none) == 0);
  }
  ~NoPendingSignals() { setrlimit(RLIMIT_SIGPENDING, &before_); }

 private:
  rlimit before_{};
};

void foreign(int) {}

void take(int signal) {
  struct sigaction action {};
  action.sa_handler = foreign;
  sigaction(signal, &action, nullptr);
}

}  // namespace

TEST_CASE("a signal that can't be queued is counted, and sent again until it can") {
  PauseFixture fixture;
  reset_refusals();
  Step step;
  Guest guest(0, [&](VcpuThread&) { compute(&step); });
  gate().dispatch(0, 0);
  REQUIRE(step.advances());
  {
    NoPendingSignals limit;
    gate().dispatch(0, kNone);
    CHECK(refusals().signals == 1);
    CHECK(refusals().signal_error == EAGAIN);
    CHECK(step.advances());
    CHECK(resend_pause_signals() == 1);
    CHECK(step.advances());
  }
  // A repetition isn't another refusal.
  CHECK(refusals().signals == 1);
  CHECK(resend_pause_signals() == 0);
  REQUIRE(fixture.held_by(0, kNone));
  CHECK(step.stands());
  step.stop();
  gate().release_all(Released::ended);
}

TEST_CASE("the loop sends it again while it waits for something else") {
  PauseFixture fixture;
  Step step;
  Guest guest(0, [&](VcpuThread&) { compute(&step); });
  gate().dispatch(0, 0);
  REQUIRE(step.advances());
  while (wait_for_kick(0)) continue;
  {
    NoPendingSignals limit;
    gate().dispatch(0, kNone);
    wait_and_resend_pause_signals(monotonic_ns() + 5'000'000);
    CHECK(gate().holder(0) == 0);
  }
  wait_and_resend_pause_signals(monotonic_ns() + 5'000'000);
  REQUIRE(fixture.held_by(0, kNone));
  step.stop();
  gate().release_all(Released::ended);
}

TEST_CASE("nothing is owed to one who has left the core by itself") {
  PauseFixture fixture;
  Step step;
  Guest guest(0, [&](VcpuThread& self) {
    compute(&step);
    self.checkpoint(1);
  });
  gate().dispatch(0, 0);
  REQUIRE(step.advances());
  NoPendingSignals limit;
  gate().dispatch(0, kNone);
  REQUIRE(resend_pause_signals() == 1);
  step.stop();
  REQUIRE(fixture.held_by(0, kNone));
  CHECK(resend_pause_signals() == 0);
  gate().release_all(Released::ended);
}

TEST_CASE("a vCPU whose timer can't be made says so when it comes to the gate") {
  PauseFixture fixture;
  NoPendingSignals limit;
  VcpuThread self;
  CHECK(self.attach(0) == -EAGAIN);
  CHECK(gate().attached() == 0);
}

TEST_CASE("a signal that belongs to somebody else is left to them") {
  const int usual = usual_pause_signal();
  CHECK(in_child([=] {
          take(usual);
          take(usual + 1);
          return install_pause_handler() == 0 && pause_signal() == usual + 2 && owns_pause_signal();
        }) == 1);
}

TEST_CASE("a signal that somebody takes later is noticed, and another one chosen") {
  const int usual = usual_pause_signal();
  CHECK(in_child([=] {
          if (install_pause_handler() != 0 || pause_signal() != usual) return false;
          take(usual);
          if (owns_pause_signal()) return false;
          return install_pause_handler() == 0 && pause_signal() == usual + 1 && owns_pause_signal();
        }) == 1);
}

TEST_CASE("a signal that is ignored is free, and none that is free is an error") {
  CHECK(in_child([] {
          signal(usual_pause_signal(), SIG_IGN);
          return install_pause_handler() == 0 && pause_signal() == usual_pause_signal();
        }) == 1);
  CHECK(in_child([] {
          for (int signal = usual_pause_signal(); signal <= SIGRTMAX; ++signal) take(signal);
          return install_pause_handler() == -EBUSY;
        }) == 1);
}
