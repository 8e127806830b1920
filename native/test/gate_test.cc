#include "gate.h"

#include <errno.h>

#include <vector>

#include "affinity.h"
#include "clock.h"
#include "doctest.h"
#include "gate_fixture.h"
#include "guest.h"
#include "host_cpus.h"
#include "wait_for.h"

using namespace creditlab;
using test::GateFixture;
using test::Guest;
using test::no_signal;
using test::wait_for;
using Order = Guest::Order;

TEST_CASE("set-up") {
  GateFixture fixture;
  SUBCASE("needs at least one pCPU and no more than there is room for") {
    const std::vector<int> many(kMaxPcpus + 1, 0);
    CHECK(fixture.gate.reset(fixture.cpus.data(), 0, no_signal) == -EINVAL);
    CHECK(fixture.gate.reset(many.data(), kMaxPcpus + 1, no_signal) == -EINVAL);
    CHECK(fixture.gate.reset(many.data(), kMaxPcpus, no_signal) == 0);
    CHECK(fixture.gate.pcpu_count() == kMaxPcpus);
  }
  SUBCASE("is refused while a vCPU is attached") {
    Guest a(fixture.gate, 0);
    CHECK(fixture.gate.attached() == 1);
    CHECK(fixture.gate.reset(fixture.cpus.data(), 2, no_signal) == -EBUSY);
    fixture.gate.release_all(Released::ended);
    a.join();
    CHECK(fixture.gate.attached() == 0);
    CHECK(fixture.gate.reset(fixture.cpus.data(), 2, no_signal) == 0);
    CHECK(fixture.gate.released() == Released::no);
  }
  SUBCASE("forgets the facts, exits and figures of the run before") {
    Guest a(fixture.gate, 0);
    fixture.gate.dispatch(0, 0);
    REQUIRE(a.gets_to(0));
    a.tell(Order::finish);
    a.join();
    REQUIRE(fixture.gate.cpu_ns(0) >= 0);
    REQUIRE(fixture.gate.reset(fixture.cpus.data(), 2, no_signal) == 0);
    Exit why;
    CHECK(fixture.gate.next_exit(why) == kNone);
    CHECK(fixture.facts(0).empty());
    CHECK(fixture.gate.cpu_ns(0) == -1);
    CHECK(fixture.gate.holder(0) == kNone);
  }
}

TEST_CASE("attaching") {
  GateFixture fixture;
  SUBCASE("is refused for a number that no vCPU has") {
    CHECK(fixture.gate.attach(-1) == -EINVAL);
    CHECK(fixture.gate.attach(kMaxVcpus) == -EINVAL);
  }
  SUBCASE("is refused for a vCPU that is there already") {
    Guest a(fixture.gate, 0);
    CHECK(fixture.gate.attach(0) == -EBUSY);
    CHECK(fixture.gate.attached() == 1);
  }
  SUBCASE("is refused after everybody was released") {
    fixture.gate.release_all(Released::ended);
    CHECK(fixture.gate.attach(0) == -ECANCELED);
  }
  SUBCASE("kicks the loop") {
    const uint32_t before = fixture.gate.kicks();
    Guest a(fixture.gate, 0);
    CHECK(fixture.gate.kicks() != before);
  }
}

TEST_CASE("a vCPU waits at the gate until it is wished for") {
  GateFixture fixture;
  Guest a(fixture.gate, 0);
  REQUIRE(wait_for([&] { return fixture.state(0) == State::waiting; }));
  test::sleep_ns(5'000'000);
  CHECK(a.running_on() == -1);
  fixture.gate.dispatch(0, 0);
  CHECK(a.gets_to(0));
  CHECK(fixture.gate.holder(0) == 0);
  CHECK(fixture.state(0) == State::running);
  CHECK(a.host_cpu() == fixture.cpus[0]);
}

TEST_CASE("a wish that is older than the vCPU comes true when it enters") {
  GateFixture fixture;
  fixture.gate.dispatch(1, 3);
  CHECK(fixture.gate.holder(1) == kNone);
  Guest late(fixture.gate, 3);
  CHECK(late.gets_to(1));
}

TEST_CASE("a wish for nobody makes the holder wait") {
  GateFixture fixture;
  Guest a(fixture.gate, 0);
  fixture.gate.dispatch(0, 0);
  REQUIRE(a.gets_to(0));
  fixture.gate.dispatch(0, kNone);
  CHECK(a.gets_off());
  CHECK(wait_for([&] { return fixture.state(0) == State::waiting; }));
  CHECK(fixture.gate.holder(0) == kNone);
}

TEST_CASE("the holder hands the token to the wished vCPU itself") {
  GateFixture fixture;
  Guest a(fixture.gate, 0);
  Guest b(fixture.gate, 1);
  fixture.gate.dispatch(0, 0);
  REQUIRE(a.gets_to(0));
  REQUIRE(wait_for([&] { return fixture.state(1) == State::waiting; }));
  fixture.gate.dispatch(0, 1);
  CHECK(b.gets_to(0));
  CHECK(a.running_on() == -1);
  CHECK(fixture.gate.holder(0) == 1);

  // The facts say the same: one ends, then the other starts.
  const auto facts = fixture.facts(0);
  REQUIRE(facts.size() == 3);
  CHECK(facts[0].kind == FactKind::resume);
  CHECK(facts[0].vcpu == 0);
  CHECK(facts[1].kind == FactKind::pause);
  CHECK(facts[1].vcpu == 0);
  CHECK(facts[1].next == 1);
  CHECK(facts[2].kind == FactKind::resume);
  CHECK(facts[2].vcpu == 1);
  CHECK(facts[0].time_ns <= facts[1].time_ns);
  CHECK(facts[1].time_ns <= facts[2].time_ns);
}

TEST_CASE("when the wish changes again and again, the latest comes true") {
  GateFixture fixture;
  Guest a(fixture.gate, 0);
  Guest b(fixture.gate, 1);
  Guest c(fixture.gate, 2);
  for (int round = 0; round < 300; ++round) {
    for (const int v : {0, 1, 2, 1, 0}) fixture.gate.dispatch(0, v);
    const int last = round % 3;
    fixture.gate.dispatch(0, last);
    REQUIRE(wait_for([&] { return fixture.gate.holder(0) == last; }));
  }
  Guest* const all[] = {&a, &b, &c};
  CHECK(all[299 % 3]->gets_to(0));
}

TEST_CASE("a vCPU that still runs on one pCPU gets to the other once it waits") {
  GateFixture fixture;
  Guest a(fixture.gate, 0);
  fixture.gate.dispatch(0, 0);
  REQUIRE(a.gets_to(0));
  fixture.gate.dispatch(0, kNone);
  fixture.gate.dispatch(1, 0);
  CHECK(a.gets_to(1));
  CHECK(a.host_cpu() == fixture.cpus[1]);
  CHECK(fixture.gate.holder(0) == kNone);
  CHECK(fixture.gate.holder(1) == 0);
}

TEST_CASE("a vCPU that blocks") {
  GateFixture fixture;
  Guest a(fixture.gate, 0);
  fixture.gate.dispatch(0, 0);
  REQUIRE(a.gets_to(0));
  a.tell(Order::block);
  Exit why = Exit::none;
  REQUIRE(fixture.next_exit(why) == 0);
  CHECK(why == Exit::blocked);
  CHECK(fixture.gate.vcpu(0).wake_at_ns == 123);
  CHECK(fixture.state(0) == State::blocked);
  CHECK(fixture.gate.holder(0) == kNone);

  SUBCASE("isn't granted a core, however much it is wished for") {
    fixture.gate.dispatch(0, 0);
    test::sleep_ns(5'000'000);
    CHECK(fixture.state(0) == State::blocked);
    CHECK(fixture.gate.holder(0) == kNone);
  }
  SUBCASE("runs again when it is woken, if it is still wished for") {
    fixture.gate.unblock(0);
    CHECK(a.gets_to(0));
  }
  SUBCASE("waits when it is woken before it is wished for") {
    fixture.gate.dispatch(0, kNone);
    fixture.gate.unblock(0);
    CHECK(fixture.state(0) == State::waiting);
    CHECK(a.running_on() == -1);
    fixture.gate.dispatch(1, 0);
    CHECK(a.gets_to(1));
  }
  SUBCASE("leaves its core to others meanwhile") {
    Guest b(fixture.gate, 1);
    fixture.gate.dispatch(0, 1);
    CHECK(b.gets_to(0));
    fixture.gate.unblock(0);
    test::sleep_ns(5'000'000);
    CHECK(a.running_on() == -1);
    CHECK(b.running_on() == 0);
  }
}

TEST_CASE("a vCPU that yields says so") {
  GateFixture fixture;
  Guest a(fixture.gate, 0);
  fixture.gate.dispatch(0, 0);
  a.tell(Order::yield);
  Exit why = Exit::none;
  REQUIRE(fixture.next_exit(why) == 0);
  CHECK(why == Exit::yielded);
  fixture.gate.unblock(0);
  CHECK(a.gets_to(0));
}

TEST_CASE("exits are reported in the order in which they happened, each once") {
  GateFixture fixture;
  Guest a(fixture.gate, 70);
  Guest b(fixture.gate, 7);
  for (Guest* guest : {&a, &b}) {
    fixture.gate.dispatch(0, guest == &a ? 70 : 7);
    REQUIRE(guest->gets_to(0));
    guest->tell(Order::block);
    REQUIRE(wait_for([&] { return fixture.gate.holder(0) == kNone; }));
  }
  REQUIRE(wait_for([&] { return fixture.state(70) == State::blocked && fixture.state(7) == State::blocked; }));
  Exit why;
  CHECK(fixture.next_exit(why) == 70);
  CHECK(fixture.next_exit(why) == 7);
  CHECK(fixture.gate.next_exit(why) == kNone);
  CHECK(fixture.gate.vcpu(70).exit_ns < fixture.gate.vcpu(7).exit_ns);
}

TEST_CASE("a vCPU that finishes gives its core away for good") {
  GateFixture fixture;
  Guest a(fixture.gate, 0);
  Guest b(fixture.gate, 1);
  fixture.gate.dispatch(0, 0);
  REQUIRE(a.gets_to(0));
  REQUIRE(wait_for([&] { return fixture.state(1) == State::waiting; }));
  a.tell(Order::finish);
  Exit why = Exit::none;
  REQUIRE(fixture.next_exit(why) == 0);
  CHECK(why == Exit::done);
  a.join();
  CHECK(fixture.gate.holder(0) == kNone);
  CHECK(fixture.gate.vcpu(0).end_ns >= fixture.gate.vcpu(0).start_ns);
  const int64_t cpu_ns = fixture.gate.cpu_ns(0);
  CHECK(cpu_ns > 0);

  fixture.gate.dispatch(0, 1);
  CHECK(b.gets_to(0));
  CHECK(fixture.gate.cpu_ns(0) == cpu_ns);
}

TEST_CASE("CPU time counts from coming to the gate, and is unknown for a vCPU that never came") {
  GateFixture fixture;
  CHECK(fixture.gate.cpu_ns(0) == -1);
  Guest a(fixture.gate, 0);
  fixture.gate.dispatch(0, 0);
  REQUIRE(a.gets_to(0));
  const int64_t before = fixture.gate.cpu_ns(0);
  CHECK(before >= 0);
  CHECK(wait_for([&] { return fixture.gate.cpu_ns(0) > before; }));
}

TEST_CASE("a thread that dies with the token gives it back and is reported") {
  GateFixture fixture;
  Guest a(fixture.gate, 0);
  Guest b(fixture.gate, 1);
  fixture.gate.dispatch(0, 0);
  REQUIRE(a.gets_to(0));
  a.tell(Order::leave);
  Exit why = Exit::none;
  REQUIRE(fixture.next_exit(why) == 0);
  CHECK(why == Exit::done);
  a.join();
  CHECK(fixture.state(0) == State::absent);
  CHECK(fixture.gate.attached() == 1);
  fixture.gate.dispatch(0, 1);
  CHECK(b.gets_to(0));
}

TEST_CASE("a thread that leaves gets its affinity back") {
  GateFixture fixture;
  std::vector<int> after;
  std::thread([&] {
    REQUIRE(fixture.gate.attach(0) == 0);
    fixture.gate.dispatch(1, 0);
    REQUIRE(fixture.gate.enter(0));
    CHECK(test::host_cpus() == std::vector<int>{fixture.cpus[1]});
    fixture.gate.finish(0);
    fixture.gate.detach(0);
    after = test::host_cpus();
  }).join();
  CHECK(after == test::host_cpus());
}

TEST_CASE("detaching twice is harmless") {
  GateFixture fixture;
  REQUIRE(fixture.gate.attach(0) == 0);
  fixture.gate.detach(0);
  fixture.gate.detach(0);
  CHECK(fixture.gate.attached() == 0);
}

TEST_CASE("once everybody is released") {
  GateFixture fixture;
  Guest running(fixture.gate, 0);
  Guest waiting(fixture.gate, 1);
  Guest blocked(fixture.gate, 2);
  fixture.gate.dispatch(1, 2);
  REQUIRE(blocked.gets_to(1));
  blocked.tell(Order::block);
  REQUIRE(wait_for([&] { return fixture.state(2) == State::blocked; }));
  fixture.gate.dispatch(0, 0);
  REQUIRE(running.gets_to(0));
  const uint32_t kicks = fixture.gate.kicks();
  fixture.gate.release_all(Released::ended);

  // Whatever they did: running, waiting for a core, or blocked.
  running.join();
  waiting.join();
  blocked.join();
  CHECK(fixture.gate.attached() == 0);
  CHECK(fixture.gate.kicks() != kicks);
  SUBCASE("the first reason stays") {
    fixture.gate.release_all(Released::orphaned);
    CHECK(fixture.gate.released() == Released::ended);
  }
}

TEST_CASE("after the release nobody pauses any more, also who tries") {
  GateFixture fixture;
  std::atomic<bool> entered{false};
  std::atomic<bool> through{false};
  std::thread thread([&] {
    fixture.gate.attach(0);
    fixture.gate.enter(0);
    entered = true;
    while (fixture.gate.released() == Released::no) test::sleep_ns(20'000);
    for (int i = 0; i < 3; ++i) fixture.gate.pause(0, 0);
    through = !fixture.gate.block(0, Exit::blocked, 0);
    fixture.gate.finish(0);
    fixture.gate.detach(0);
  });
  fixture.gate.dispatch(0, 0);
  REQUIRE(wait_for([&] { return entered.load(); }));
  fixture.gate.dispatch(0, kNone);
  fixture.gate.release_all(Released::ended);
  CHECK(wait_for([&] { return through.load(); }));
  thread.join();
}

TEST_CASE("a loop that was armed and stops beating orphans everybody, and they let themselves go") {
  GateFixture fixture;
  Guest running(fixture.gate, 0);
  Guest waiting(fixture.gate, 1);
  fixture.gate.dispatch(0, 0);
  REQUIRE(running.gets_to(0));
  fixture.gate.arm();
  running.join();
  waiting.join();
  CHECK(fixture.gate.released() == Released::orphaned);
}

TEST_CASE("a loop that wasn't armed yet may take its time") {
  GateFixture fixture;
  Guest waiting(fixture.gate, 1);
  test::sleep_ns((Gate::kStaleLooks + 1) * Gate::kLookNs);
  CHECK(fixture.gate.released() == Released::no);
}
