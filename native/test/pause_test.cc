#include "pause.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "doctest.h"
#include "pause_fixture.h"

using namespace creditlab;
using test::compute;
using test::compute_holding_locks;
using test::Guest;
using test::PauseFixture;
using test::Step;
using test::wait_for;

namespace {

// The pause signal to one thread, with any value in it.
void send_signal(pid_t tid, int value) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  info.si_signo = pause_signal();
  info.si_code = SI_QUEUE;
  info.si_value.sival_int = value;
  REQUIRE(syscall(SYS_rt_tgsigqueueinfo, getpid(), tid, info.si_signo, &info) == 0);
}

}  // namespace

TEST_CASE("a vCPU is paused in the middle of a step, and goes on in the middle of it") {
  PauseFixture fixture;
  Step step;
  Guest guest(0, [&](VcpuThread&) { compute(&step); });
  gate().dispatch(0, 0);
  REQUIRE(step.advances());
  for (int round = 0; round < 3; ++round) {
    gate().dispatch(0, kNone);
    REQUIRE(fixture.held_by(0, kNone));
    CHECK(step.stands());
    gate().dispatch(0, 0);
    CHECK(step.advances());
  }
  CHECK(gate().vcpu(0).deferred == 0);
  step.stop();
}

TEST_CASE("two steps that never end take turns on one core") {
  PauseFixture fixture;
  Step steps[2];
  Guest a(0, [&](VcpuThread&) { compute(&steps[0]); });
  Guest b(1, [&](VcpuThread&) { compute(&steps[1]); });
  for (int round = 0; round < 6; ++round) {
    const int v = round % 2;
    gate().dispatch(0, v);
    REQUIRE(fixture.held_by(0, v));
    CHECK(steps[1 - v].stands());
    CHECK(steps[v].advances());
  }
  for (Step& step : steps) step.stop();
  gate().release_all(Released::ended);
}

TEST_CASE("code that might hold a lock is not paused before it returns to pausable code") {
  PauseFixture fixture;
  Step locked;
  Step free;
  Guest guest(0, [&](VcpuThread&) {
    compute_holding_locks(&locked);
    compute(&free);
  });
  gate().dispatch(0, 0);
  REQUIRE(locked.advances());
  gate().dispatch(0, kNone);
  CHECK(locked.advances());
  test::sleep_ns(20'000'000);
  CHECK(locked.advances());
  CHECK(gate().holder(0) == 0);

  // No further signal of the loop's is needed.
  locked.stop();
  REQUIRE(fixture.held_by(0, kNone));
  CHECK(free.stands());
  CHECK(gate().vcpu(0).deferred == 1);
  const int64_t overrun = gate().vcpu(0).overrun_ns;
  CHECK(overrun > 0);
  const auto facts = fixture.facts(0);
  REQUIRE(facts.size() == 2);
  CHECK(facts[1].kind == FactKind::pause);
  CHECK(facts[1].late_ns == overrun);

  gate().dispatch(0, 0);
  CHECK(free.advances());
  free.stop();
}

TEST_CASE("at the latest it is paused between two steps") {
  PauseFixture fixture;
  Step locked;
  std::atomic<int> checked{0};
  Guest guest(0, [&](VcpuThread& self) {
    compute_holding_locks(&locked);
    self.checkpoint(7);
    checked = 1;
  });
  gate().dispatch(0, 0);
  REQUIRE(locked.advances());
  gate().dispatch(0, kNone);
  CHECK(locked.advances());
  locked.stop();
  REQUIRE(fixture.held_by(0, kNone));
  test::sleep_ns(5'000'000);
  CHECK(checked == 0);
  CHECK(gate().vcpu(0).units == 7);
  gate().dispatch(0, 0);
  CHECK(wait_for([&] { return checked == 1; }));
}

TEST_CASE(
    "a pause that was put off and then taken back never happens, has a record, and its lateness isn't the next one's") {
  PauseFixture fixture;
  Step locked;
  Step free;
  Guest guest(0, [&](VcpuThread&) {
    compute_holding_locks(&locked);
    compute(&free);
  });
  gate().dispatch(0, 0);
  REQUIRE(locked.advances());
  gate().dispatch(0, kNone);
  test::sleep_ns(5'000'000);
  gate().dispatch(0, 0);
  CHECK(locked.advances());
  // Until the look that finds the wish unchanged; looks are at most 1 ms apart.
  test::sleep_ns(20'000'000);
  locked.stop();
  CHECK(free.advances());
  CHECK(gate().vcpu(0).deferred == 1);
  const int64_t overrun_ns = gate().vcpu(0).overrun_ns;
  gate().dispatch(0, kNone);
  REQUIRE(fixture.held_by(0, kNone));
  CHECK(gate().vcpu(0).overrun_ns == overrun_ns);
  const auto facts = PauseFixture::facts(0);
  REQUIRE(facts.size() == 3);
  CHECK(facts[0].kind == FactKind::resume);
  CHECK(facts[1].kind == FactKind::kept);
  CHECK(facts[1].late_ns == overrun_ns);
  CHECK(facts[2].kind == FactKind::pause);
  CHECK(facts[2].late_ns == 0);
  gate().release_all(Released::ended);
  free.stop();
}

TEST_CASE("naive pausing stops a thread that might hold a lock") {
  PauseFixture fixture;
  Step locked;
  Guest guest(0, [&](VcpuThread&) { compute_holding_locks(&locked); });
  gate().dispatch(0, 0);
  REQUIRE(locked.advances());
  set_naive_pausing(true);
  gate().dispatch(0, kNone);
  CHECK(fixture.held_by(0, kNone));
  CHECK(locked.stands());
  set_naive_pausing(false);
  gate().release_all(Released::ended);
  locked.stop();
}

TEST_CASE("outside its region nothing pauses a thread") {
  PauseFixture fixture;
  Step before;
  Step after;
  std::thread thread([&] {
    VcpuThread self;
    REQUIRE(self.attach(0) == 0);
    compute(&before);
    REQUIRE(self.enter());
    self.finish(1);
    compute(&after);
    self.leave();
  });
  // Wished for, but not in yet; and signals come all the same.
  REQUIRE(before.advances());
  gate().dispatch(0, 0);
  gate().dispatch(0, kNone);
  for (int i = 0; i < 100; ++i) send_pause_signal(0);
  CHECK(before.advances());
  before.stop();
  gate().dispatch(0, 0);
  REQUIRE(after.advances());
  gate().dispatch(0, kNone);
  for (int i = 0; i < 100; ++i) send_pause_signal(0);
  CHECK(after.advances());
  after.stop();
  thread.join();
}

TEST_CASE("a pause leaves errno of the interrupted code alone") {
  PauseFixture fixture;
  Step step;
  std::atomic<int> errno_after{0};
  Guest guest(0, [&](VcpuThread&) {
    errno = 4242;
    compute(&step);
    errno_after = errno;
  });
  gate().dispatch(0, 0);
  REQUIRE(step.advances());
  gate().dispatch(0, kNone);
  REQUIRE(fixture.held_by(0, kNone));
  // Long enough for the wait in the handler to time out, which sets errno.
  test::sleep_ns(Gate::kLookNs + Gate::kLookNs / 4);
  gate().dispatch(0, 0);
  REQUIRE(step.advances());
  step.stop();
  guest.join();
  CHECK(errno_after == 4242);
}

TEST_CASE("a signal from a stranger, with whatever value, pauses nobody that is wanted") {
  PauseFixture fixture;
  Step steps[2];
  Guest a(0, [&](VcpuThread&) { compute(&steps[0]); });
  Guest b(1, [&](VcpuThread&) { compute(&steps[1]); });
  // vCPU 1 is unwanted and its region is open, but vCPU 0's thread is another one.
  gate().dispatch(0, 1);
  REQUIRE(steps[1].advances());
  gate().dispatch(0, 0);
  REQUIRE(steps[0].advances());
  for (const int value : {0, 1, -1, 2, kMaxVcpus - 1, kMaxVcpus, INT_MAX, INT_MIN})
    send_signal(gate().vcpu(0).tid, value);
  CHECK(steps[0].advances());
  CHECK(gate().holder(0) == 0);
  CHECK(fixture.facts(0).size() == 3);
  for (int v = 0; v < 2; ++v) CHECK(gate().vcpu(v).announced_signals == 0);

  // And to a thread that is no vCPU's: this one.
  for (const int value : {0, 1, -1, INT_MAX}) send_signal(static_cast<pid_t>(syscall(SYS_gettid)), value);
  for (Step& step : steps) step.stop();
  gate().release_all(Released::ended);
}

TEST_CASE("after the release nobody is paused any more") {
  PauseFixture fixture;
  Step running;
  Step paused;
  std::atomic<int> told_to_stop{0};
  const auto body = [&](Step& step) {
    return [&](VcpuThread& self) {
      compute(&step);
      if (!self.checkpoint(1)) ++told_to_stop;
      if (!self.sleep(-1)) ++told_to_stop;
      if (!self.yield()) ++told_to_stop;
    };
  };
  Guest a(0, body(running));
  Guest b(1, body(paused));
  gate().dispatch(0, 1);
  REQUIRE(paused.advances());
  gate().dispatch(0, 0);
  REQUIRE(running.advances());
  CHECK(paused.stands());

  gate().release_all(Released::ended);
  CHECK(paused.advances());
  CHECK(running.advances());
  gate().dispatch(0, kNone);
  for (int v = 0; v < 2; ++v) send_pause_signal(v);
  CHECK(running.advances());
  CHECK(paused.advances());
  running.stop();
  paused.stop();
  a.join();
  b.join();
  CHECK(told_to_stop == 6);
}

TEST_CASE("a vCPU that is paused by signal frees itself when the loop is dead") {
  PauseFixture fixture;
  Step step;
  Guest guest(0, [&](VcpuThread&) { compute(&step); });
  gate().dispatch(0, 0);
  REQUIRE(step.advances());
  gate().dispatch(0, kNone);
  REQUIRE(fixture.held_by(0, kNone));
  gate().arm();
  CHECK(step.stands());
  CHECK(step.advances());
  CHECK(gate().released() == Released::orphaned);
  step.stop();
}

TEST_CASE("a vCPU that sleeps tells when to wake it, and goes on when it is woken") {
  PauseFixture fixture;
  Step step;
  Guest guest(0, [&](VcpuThread& self) {
    REQUIRE(self.sleep(1'000'000'000));
    compute(&step);
  });
  const int64_t before = monotonic_ns();
  gate().dispatch(0, 0);
  Exit why = Exit::none;
  REQUIRE(wait_for([&] { return gate().next_exit(why) == 0; }));
  CHECK(why == Exit::blocked);
  CHECK(gate().vcpu(0).wake_at_ns >= before + 1'000'000'000);
  CHECK(step.stands());
  gate().unblock(0);
  CHECK(step.advances());

  // The region is open again.
  gate().dispatch(0, kNone);
  REQUIRE(fixture.held_by(0, kNone));
  CHECK(step.stands());
  gate().release_all(Released::ended);
  step.stop();
}

TEST_CASE("an endless sleep has no time to wake") {
  PauseFixture fixture;
  Guest guest(0, [](VcpuThread& self) { self.sleep(-1); });
  gate().dispatch(0, 0);
  Exit why = Exit::none;
  REQUIRE(wait_for([&] { return gate().next_exit(why) == 0; }));
  CHECK(gate().vcpu(0).wake_at_ns == INT64_MAX);
  gate().unblock(0);
}

TEST_CASE("a second thread that wants to be the same vCPU is refused, and doesn't disturb the first") {
  PauseFixture fixture;
  Step step;
  Guest guest(0, [&](VcpuThread&) { compute(&step); });
  gate().dispatch(0, 0);
  REQUIRE(step.advances());
  std::thread([] {
    VcpuThread self;
    CHECK(self.attach(0) == -EBUSY);
    self.leave();
  }).join();
  CHECK(step.advances());
  gate().dispatch(0, kNone);
  CHECK(fixture.held_by(0, kNone));
  CHECK(step.stands());
  gate().release_all(Released::ended);
  step.stop();
}

TEST_CASE("a thread is one vCPU at a time") {
  PauseFixture fixture;
  VcpuThread self;
  CHECK(self.attach(-1) == -EINVAL);
  CHECK(self.attach(kMaxVcpus) == -EINVAL);
  REQUIRE(self.attach(5) == 0);
  CHECK(self.vcpu() == 5);
  CHECK(self.attach(6) == -EBUSY);
  self.leave();
  self.leave();
  CHECK(self.vcpu() == -1);
  CHECK(gate().attached() == 0);
  CHECK(self.attach(6) == 0);
}

TEST_CASE("a thread that ends in the middle of the work gives the core back") {
  PauseFixture fixture;
  std::thread([] {
    VcpuThread self;
    REQUIRE(self.attach(0) == 0);
    gate().dispatch(0, 0);
    REQUIRE(self.enter());
  }).join();
  CHECK(gate().holder(0) == kNone);
  CHECK(gate().attached() == 0);
  Exit why = Exit::none;
  CHECK(gate().next_exit(why) == 0);
  CHECK(why == Exit::done);
}

TEST_CASE("a library that was loaded while the vCPU prepared is not taken for generated code") {
  PauseFixture fixture;
  VcpuThread self;
  REQUIRE(self.attach(0) == 0);
  // A small library of the C library's that no test is linked to.
  void* library = dlopen("libBrokenLocale.so.1", RTLD_NOW);
  if (library == nullptr) {
    MESSAGE("skipped: this C library has no spare library to load");
    return;
  }
  gate().dispatch(0, 0);
  REQUIRE(self.enter());
  CHECK_FALSE(CodeMap::pausable(reinterpret_cast<uintptr_t>(dlsym(library, "__ctype_get_mb_cur_max"))));
}
