// One vCPU leaves for good while the run goes on; and others come while it goes on.
#include <atomic>
#include <thread>
#include <vector>

#include "affinity.h"
#include "clock.h"
#include "doctest.h"
#include "gate.h"
#include "gate_fixture.h"
#include "guest.h"
#include "host_cpus.h"
#include "wait_for.h"

using namespace creditlab;
using test::GateFixture;
using test::Guest;
using test::wait_for;
using Order = Guest::Order;

namespace {

// It has left unfinished, for good, and nobody else has.
void check_retired(const GateFixture& fixture, int v) {
  CHECK(fixture.state(v) == State::absent);
  CHECK(fixture.gate.vcpu(v).retired_ns > 0);
  CHECK(fixture.gate.vcpu(v).end_ns == 0);
  CHECK(fixture.gate.cpu_ns(v) >= 0);
  CHECK(fixture.gate.thread_cpu_ns(v) == -1);
  CHECK(fixture.gate.released() == Released::no);
}

}  // namespace

TEST_CASE("a vCPU that waits for its first core is retired: it leaves without having run") {
  GateFixture fixture;
  Guest a(fixture.gate, 0);
  REQUIRE(wait_for([&] { return fixture.state(0) == State::waiting; }));
  fixture.gate.retire(0);
  a.join();
  check_retired(fixture, 0);
  CHECK(fixture.gate.vcpu(0).start_ns == 0);
  fixture.gate.dispatch(0, 0);
  CHECK(fixture.gate.holder(0) == kNone);
  CHECK(fixture.facts(0).empty());
}

TEST_CASE("a vCPU that hasn't come yet is retired: it leaves as soon as it has come") {
  GateFixture fixture;
  fixture.gate.dispatch(0, 5);
  fixture.gate.retire(5);
  Guest late(fixture.gate, 5);
  late.join();
  check_retired(fixture, 5);
  CHECK(fixture.gate.holder(0) == kNone);
  CHECK(fixture.facts(0).empty());
}

TEST_CASE("a vCPU that runs is retired: its core goes to whom the loop wishes there") {
  GateFixture fixture;
  Guest a(fixture.gate, 0);
  Guest b(fixture.gate, 1);
  fixture.gate.dispatch(0, 0);
  REQUIRE(a.gets_to(0));
  REQUIRE(wait_for([&] { return fixture.state(1) == State::waiting; }));
  bool is_first = false;
  SUBCASE("already") {
    fixture.gate.dispatch(0, 1);
    fixture.gate.retire(0);
  }
  SUBCASE("afterwards") {
    is_first = true;
    fixture.gate.retire(0);
    REQUIRE(wait_for([&] { return fixture.gate.holder(0) == kNone; }));
    fixture.gate.dispatch(0, 1);
  }
  a.join();
  check_retired(fixture, 0);
  REQUIRE(b.gets_to(0));

  // On record it has been paused, and its CPU time is that of its last stay on the core.
  const auto facts = fixture.facts(0);
  REQUIRE(facts.size() == 3);
  CHECK(facts[1].vcpu == 0);
  CHECK(facts[1].kind == FactKind::pause);
  CHECK(facts[2].vcpu == 1);
  // If it hadn't been paused before, it retires as it leaves.
  if (is_first) CHECK(fixture.gate.vcpu(0).retired_ns == facts[1].time_ns);
  CHECK(fixture.gate.cpu_ns(0) >= facts[1].cpu_ns - fixture.gate.vcpu(0).cpu_base_ns);
}

TEST_CASE("a vCPU that is blocked is retired, and can't be woken any more") {
  GateFixture fixture;
  Guest a(fixture.gate, 0);
  fixture.gate.dispatch(0, 0);
  REQUIRE(a.gets_to(0));
  a.tell(Order::block);
  REQUIRE(wait_for([&] { return fixture.state(0) == State::blocked; }));
  fixture.gate.retire(0);
  fixture.gate.unblock(0);
  a.join();
  check_retired(fixture, 0);
  CHECK(fixture.gate.holder(0) == kNone);
}

TEST_CASE("the loop doesn't hear of a retired vCPU's exit, only of the others'") {
  GateFixture fixture;
  Guest a(fixture.gate, 0);
  Guest b(fixture.gate, 1);
  fixture.gate.dispatch(0, 0);
  fixture.gate.dispatch(1, 1);
  REQUIRE(a.gets_to(0));
  REQUIRE(b.gets_to(1));
  const uint32_t kicks = fixture.gate.kicks();
  SUBCASE("when it was blocked") { a.tell(Order::block); }
  SUBCASE("when it had finished") { a.tell(Order::finish); }
  REQUIRE(wait_for([&] { return fixture.gate.kicks() != kicks; }));
  fixture.gate.retire(0);
  a.join();
  b.tell(Order::block);
  Exit why = Exit::none;
  CHECK(fixture.next_exit(why) == 1);
  CHECK(fixture.gate.next_exit(why) == kNone);
}

TEST_CASE("a vCPU that had finished when it was retired has finished") {
  GateFixture fixture;
  Guest a(fixture.gate, 0);
  fixture.gate.dispatch(0, 0);
  REQUIRE(a.gets_to(0));
  a.tell(Order::finish);
  a.join();
  const int64_t cpu_ns = fixture.gate.cpu_ns(0);
  fixture.gate.retire(0);
  CHECK(fixture.gate.vcpu(0).end_ns > 0);
  CHECK(fixture.gate.vcpu(0).retired_ns == 0);
  CHECK(fixture.gate.cpu_ns(0) == cpu_ns);
}

TEST_CASE("a retired vCPU's thread computes on elsewhere, on nobody's account, and gets its CPUs back") {
  GateFixture fixture;
  const std::vector<int> before = test::host_cpus();
  // One of this machine's CPUs is a pCPU, or all of them are.
  int pcpu_count = 0;
  std::vector<int> expected = before;
  SUBCASE("off the pCPUs, where there are other CPUs") {
    pcpu_count = 1;
    std::erase(expected, fixture.cpus[0]);
    if (expected.empty()) {
      MESSAGE("skipped: this machine has one CPU");
      return;
    }
  }
  SUBCASE("wherever it may, where there are none") { pcpu_count = static_cast<int>(before.size()); }
  if (pcpu_count > kMaxPcpus) return;
  REQUIRE(fixture.gate.reset(pcpu_count == 1 ? fixture.cpus.data() : before.data(), pcpu_count, test::no_signal) == 0);

  std::vector<int> during;
  std::vector<int> after;
  std::atomic<bool> has_left{false};
  std::atomic<bool> may_detach{false};
  std::thread thread([&] {
    REQUIRE(fixture.gate.attach(0) == 0);
    REQUIRE(fixture.gate.enter(0));
    while (!fixture.gate.unwanted(0)) test::sleep_ns(20'000);
    fixture.gate.pause(0, 0);
    has_left = fixture.gate.dismissed(0);
    during = test::host_cpus();
    while (!may_detach) sched_yield();
    // What it may still try doesn't change anything.
    CHECK_FALSE(fixture.gate.block(0, Exit::blocked, 0));
    fixture.gate.finish(0);
    fixture.gate.detach(0);
    after = test::host_cpus();
  });
  fixture.gate.dispatch(0, 0);
  REQUIRE(wait_for([&] { return fixture.gate.vcpu(0).start_ns > 0; }));
  fixture.gate.retire(0);
  REQUIRE(wait_for([&] { return has_left.load(); }));
  const int64_t cpu_ns = fixture.gate.cpu_ns(0);
  const int64_t thread_cpu_ns = fixture.gate.thread_cpu_ns(0);
  CHECK(wait_for([&] { return fixture.gate.thread_cpu_ns(0) > thread_cpu_ns + 1'000'000; }));
  CHECK(fixture.gate.cpu_ns(0) == cpu_ns);
  may_detach = true;
  thread.join();
  check_retired(fixture, 0);
  CHECK(during == expected);
  CHECK(after == before);
  CHECK(fixture.gate.cpu_ns(0) == cpu_ns);
  CHECK(fixture.facts(0).size() == 2);
  Exit why;
  CHECK(fixture.gate.next_exit(why) == kNone);
}

TEST_CASE("after a retirement the numbers are free again in the next run") {
  GateFixture fixture;
  fixture.gate.retire(0);
  REQUIRE(fixture.gate.reset(fixture.cpus.data(), 2, test::no_signal) == 0);
  Guest a(fixture.gate, 0);
  fixture.gate.dispatch(0, 0);
  CHECK(a.gets_to(0));
  CHECK(fixture.gate.vcpu(0).retired_ns == 0);
}

TEST_CASE("a vCPU that comes while the run is under way") {
  GateFixture fixture;
  Guest a(fixture.gate, 0);
  fixture.gate.dispatch(0, 0);
  REQUIRE(a.gets_to(0));
  fixture.gate.arm();
  SUBCASE("takes turns with those that were there") {
    const uint32_t kicks = fixture.gate.kicks();
    Guest late(fixture.gate, 900);
    CHECK(fixture.gate.kicks() != kicks);
    REQUIRE(wait_for([&] { return fixture.state(900) == State::waiting; }));
    fixture.gate.dispatch(0, 900);
    CHECK(late.gets_to(0));
    CHECK(fixture.gate.vcpu(900).start_ns > fixture.gate.vcpu(0).start_ns);
    fixture.gate.dispatch(0, 0);
    CHECK(a.gets_to(0));
    CHECK(fixture.gate.attached() == 2);
  }
  SUBCASE("waits for as long as the loop beats") {
    Guest late(fixture.gate, 1);
    for (int i = 0; i < 10 * (Gate::kStaleLooks + 1); ++i) {
      test::sleep_ns(Gate::kLookNs / 10);
      fixture.gate.beat();
    }
    CHECK(fixture.gate.released() == Released::no);
    fixture.gate.dispatch(1, 1);
    CHECK(late.gets_to(1));
  }
  SUBCASE("lets itself and the others go when the loop is dead") {
    Guest late(fixture.gate, 1);
    late.join();
    a.join();
    CHECK(fixture.gate.released() == Released::orphaned);
  }
}

TEST_CASE("a retired vCPU doesn't wait for a dead loop") {
  GateFixture fixture;
  Guest a(fixture.gate, 0);
  REQUIRE(wait_for([&] { return fixture.state(0) == State::waiting; }));
  fixture.gate.arm();
  fixture.gate.retire(0);
  a.join();
  check_retired(fixture, 0);
}
