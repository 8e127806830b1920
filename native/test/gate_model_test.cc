// The gate's promises, in every order of its atomic operations with at most so many preemptions.
#include <stdint.h>

#include <memory>
#include <string>
#include <vector>

#include "doctest.h"
#include "interleave.h"
#include "interleaved_atomic.h"
// The source itself: its atomics are the explorer's.
#include "../gate.cc"

using creditlab::Exit;
using creditlab::Gate;
using creditlab::kNone;
using creditlab::Released;
using creditlab::State;
using interleave::Explorer;
using interleave::Program;

namespace {

constexpr int kVcpus = 3;
constexpr int kPcpus = 2;

class Model {
 public:
  explicit Model(int preemptions) : explorer_(preemptions) {}

  // Programs of vCPU threads. Each starts attached, unless it says otherwise.
  Program guest(int v) {
    return [=, this] {
      if (allowed(v, [&] { return gate.enter(v); })) serve(v);
      gate.detach(v);
    };
  }
  // One that comes at any time.
  Program late_guest(int v) {
    return [=, this] {
      gate.attach(v);
      guest(v)();
    };
  }
  // Blocks as soon as it runs, `times` times.
  Program sleeper(int v, int times) {
    return [=, this] {
      bool go_on = allowed(v, [&] { return gate.enter(v); });
      for (int i = 0; i < times && go_on; ++i) {
        start_running(v);
        stop_running(v);
        go_on = allowed(v, [&] { return gate.block(v, Exit::blocked, 0); });
      }
      if (go_on) serve(v);
      gate.detach(v);
    };
  }
  // Its work is done as soon as it runs.
  Program short_lived(int v) {
    return [=, this] {
      if (allowed(v, [&] { return gate.enter(v); })) {
        start_running(v);
        stop_running(v);
        const bool had_retired = has_retired_[v];
        gate.finish(v);
        if (had_retired && gate.vcpu(v).end_ns.load() != 0) explorer_.fail("a retired vCPU has finished");
      }
      gate.detach(v);
    };
  }

  // In the loop's program: the next vCPU that leaves its pCPU of its own accord.
  int next_exit() {
    Exit why;
    int v = kNone;
    explorer_.wait_until([&] { return (v = gate.next_exit(why)) != kNone || gate.released() != Released::no; });
    return v;
  }

  // Likewise.
  void retire(int v) {
    gate.retire(v);
    has_retired_[v] = true;
  }

  // For programs in which all wishes are for one pCPU, and each vCPU is wished for once: when a vCPU starts, the ones
  // that ran before must have left the core.
  void expect_one_runner() { one_runner_ = true; }

  // Runs the programs with these vCPUs attached; in the end all wishes must have come true.
  void explore(const std::vector<int>& attached, const std::vector<Program>& programs) {
    const int cpus[kPcpus] = {0, 1};
    const int executions = explorer_.explore(
        [&] {
          creditlab::sleepers.clear();
          for (int v = 0; v < kVcpus; ++v) {
            running_[v] = -1;
            has_run_[v] = false;
            has_retired_[v] = false;
          }
          if (gate.reset(cpus, kPcpus, [](int) {}) != 0) explorer_.fail("somebody is still attached");
          for (const int v : attached) gate.attach(v);
        },
        programs,
        [&] {
          check_wishes();
          check_retired();
          check_facts();
          gate.release_all(Released::ended);
        });
    if (gate.violations() != 0) explorer_.fail("a state changed otherwise than in the picture");
    CHECK(explorer_.failure() == "");
    MESSAGE(executions << " executions");
  }

  const std::unique_ptr<Gate> owner = std::make_unique<Gate>();
  Gate& gate = *owner;

 private:
  Explorer explorer_;
  int running_[kVcpus];
  bool has_run_[kVcpus];
  bool has_retired_[kVcpus];
  bool one_runner_ = false;

  // What a call by which a vCPU may get a core says. After its retirement it never gets one.
  template <class Call>
  bool allowed(int v, const Call& call) {
    const bool had_retired = has_retired_[v];
    const bool go_on = call();
    if (had_retired && go_on) explorer_.fail("a retired vCPU was granted a core");
    return go_on;
  }

  void start_running(int v) {
    explorer_.silently([&] {
      const int p = gate.vcpu(v).pcpu;
      for (int other = 0; other < kVcpus; ++other)
        if (other != v && running_[other] == p) explorer_.fail("two vCPUs run on one pCPU");
      if (gate.holder(p) != v) explorer_.fail("a vCPU runs without the token");
      for (int other = 0; other < kVcpus; ++other)
        if (one_runner_ && other != v && has_run_[other] && gate.vcpu(other).state.load() == State::running)
          explorer_.fail("a vCPU runs before the outgoing one waits");
      running_[v] = p;
      has_run_[v] = true;
    });
  }
  void stop_running(int v) { running_[v] = -1; }

  void serve(int v) {
    for (;;) {
      start_running(v);
      explorer_.wait_until([&] { return gate.unwanted(v) || gate.released() != Released::no; });
      stop_running(v);
      if (gate.dismissed(v)) return;
      const bool go_on = allowed(v, [&] {
        gate.pause(v, 0);
        return !gate.dismissed(v);
      });
      if (!go_on) return;
    }
  }

  // Who has been retired has left, as one that finished or one that didn't.
  void check_retired() {
    for (int v = 0; v < kVcpus; ++v) {
      const auto& vcpu = gate.vcpu(v);
      if (!has_retired_[v]) continue;
      if (vcpu.state.load() != State::absent) explorer_.fail("a retired vCPU stays");
      if ((vcpu.end_ns.load() == 0) == (vcpu.retired_ns.load() == 0))
        explorer_.fail("a retired vCPU has finished and retired, or neither");
      if (vcpu.cpu_final_ns.load() < 0) explorer_.fail("a retired vCPU's CPU time isn't known");
    }
    Exit why;
    for (int v; (v = gate.next_exit(why)) != kNone;)
      if (has_retired_[v]) explorer_.fail("the loop hears of a retired vCPU's exit");
  }

  // On each pCPU a vCPU that has started stops before the next one starts.
  void check_facts() {
    for (int p = 0; p < kPcpus; ++p) {
      int now = kNone;
      creditlab::Fact fact;
      while (gate.pcpu(p).facts.read(fact)) {
        const bool starts = fact.kind == creditlab::FactKind::resume;
        if (now != (starts ? kNone : fact.vcpu)) explorer_.fail("facts out of turn on pCPU " + std::to_string(p));
        now = starts ? fact.vcpu : kNone;
      }
      if (now != gate.holder(p)) explorer_.fail("the facts have another runner on pCPU " + std::to_string(p));
    }
  }

  void check_wishes() {
    for (int p = 0; p < kPcpus; ++p) {
      const int wish = creditlab::unpack(gate.pcpu(p).word.load()).wish;
      const State state = wish == kNone ? State::absent : gate.vcpu(wish).state.load();
      const bool able = state == State::waiting || state == State::running;
      const std::string where = " on pCPU " + std::to_string(p);
      if (!able && gate.holder(p) != kNone) explorer_.fail("the token isn't free" + where);
      if (able && gate.holder(p) != wish) explorer_.fail("the wished vCPU hasn't the token" + where);
      if (able && running_[wish] != p) explorer_.fail("the wished vCPU doesn't run" + where);
    }
    if (gate.violations() != 0) explorer_.fail("a state changed otherwise than in the picture");
  }
};

}  // namespace

TEST_CASE("a wish that changes and comes back while hand-overs are under way comes true") {
  Model m(2);
  m.explore({0, 1}, {m.guest(0), m.guest(1), [&] {
                       m.gate.dispatch(0, 0);
                       m.gate.dispatch(0, 1);
                       m.gate.dispatch(0, 0);
                     }});
}

TEST_CASE("the outgoing vCPU is waiting before its successor runs") {
  Model m(2);
  m.expect_one_runner();
  m.explore({0, 1}, {m.guest(0), m.guest(1), [&] {
                       m.gate.dispatch(0, 0);
                       m.gate.dispatch(0, 1);
                     }});
}

TEST_CASE("a vCPU has blocked, or is done, before its successor runs") {
  Model m(1);
  m.expect_one_runner();
  m.explore({0, 1, 2}, {m.sleeper(0, 1), m.short_lived(1), m.guest(2), [&] {
                          m.gate.dispatch(0, 0);
                          m.gate.dispatch(0, 1);
                          m.gate.dispatch(0, 2);
                        }});
}

TEST_CASE("a vCPU is moved while it is just being granted the core that it is taken from") {
  Model m(2);
  m.explore({0, 1}, {m.guest(0), m.guest(1), [&] {
                       m.gate.dispatch(0, 0);
                       m.gate.dispatch(0, 1);
                       m.gate.dispatch(0, kNone);
                       m.gate.dispatch(1, 1);
                     }});
}

TEST_CASE("two vCPUs change places") {
  Model m(1);
  m.explore({0, 1}, {m.guest(0), m.guest(1), [&] {
                       m.gate.dispatch(0, 0);
                       m.gate.dispatch(1, 1);
                       m.gate.dispatch(0, kNone);
                       m.gate.dispatch(1, 0);
                       m.gate.dispatch(0, 1);
                     }});
}

TEST_CASE("a vCPU moves there and back, and another takes the core between") {
  Model m(1);
  m.explore({0, 1, 2}, {m.guest(0), m.guest(1), m.guest(2), [&] {
                          m.gate.dispatch(0, 0);
                          m.gate.dispatch(0, 1);
                          m.gate.dispatch(1, 0);
                          m.gate.dispatch(0, 2);
                          m.gate.dispatch(1, 1);
                          m.gate.dispatch(0, 0);
                        }});
}

TEST_CASE("a vCPU that blocks is woken on another core") {
  Model m(2);
  m.explore({0, 1}, {m.sleeper(0, 1), m.guest(1), [&] {
                       m.gate.dispatch(0, 0);
                       if (m.next_exit() != 0) return;
                       m.gate.dispatch(0, 1);
                       m.gate.unblock(0);
                       m.gate.dispatch(1, 0);
                     }});
}

TEST_CASE("a vCPU that blocks while it is preempted runs again when it is woken and wished for") {
  Model m(2);
  m.explore({0, 1}, {m.sleeper(0, 1), m.guest(1), [&] {
                       m.gate.dispatch(0, 0);
                       m.gate.dispatch(0, 1);
                       m.gate.dispatch(0, 0);
                       if (m.next_exit() != 0) return;
                       m.gate.unblock(0);
                     }});
}

TEST_CASE("a vCPU that finishes leaves its core to the next") {
  Model m(2);
  m.explore({0, 1}, {m.short_lived(0), m.guest(1), [&] {
                       m.gate.dispatch(0, 0);
                       m.gate.dispatch(0, 1);
                     }});
}

TEST_CASE("a wish for a vCPU that hasn't come yet waits for it") {
  Model m(2);
  m.explore({1}, {m.late_guest(0), m.guest(1), [&] {
                    m.gate.dispatch(0, 1);
                    m.gate.dispatch(0, 0);
                  }});
}

TEST_CASE("a thread that leaves without having entered takes no token along") {
  Model m(2);
  m.explore({0, 1}, {[&] { m.gate.detach(0); }, m.guest(1),
                     [&] {
                       m.gate.dispatch(0, 0);
                       m.gate.dispatch(0, 1);
                     }});
}

TEST_CASE("whenever everybody is released, nobody stays") {
  Model m(1);
  m.explore({0, 1}, {m.sleeper(0, 1), m.guest(1), [&] {
                       m.gate.dispatch(0, 0);
                       m.gate.dispatch(0, 1);
                       m.gate.release_all(Released::ended);
                     }});
}

TEST_CASE("a vCPU whose core has gone to another is retired") {
  Model m(2);
  m.explore({0, 1}, {m.guest(0), m.guest(1), [&] {
                       m.gate.dispatch(0, 0);
                       m.gate.dispatch(0, 1);
                       m.retire(0);
                     }});
}

TEST_CASE("a vCPU is retired before its core goes to another") {
  Model m(2);
  m.explore({0, 1}, {m.guest(0), m.guest(1), [&] {
                       m.gate.dispatch(0, 0);
                       m.retire(0);
                       m.gate.dispatch(0, 1);
                     }});
}

TEST_CASE("a retired vCPU that is still wished for leaves the core empty") {
  Model m(2);
  m.explore({0}, {m.guest(0), [] {},
                  [&] {
                    m.gate.dispatch(0, 0);
                    m.retire(0);
                    m.gate.dispatch(0, 0);
                  }});
}

TEST_CASE("a vCPU is retired while it is just being granted a core") {
  Model m(2);
  m.explore({0, 1}, {m.guest(0), m.guest(1), [&] {
                       m.gate.dispatch(0, 0);
                       m.gate.dispatch(0, 1);
                       m.retire(1);
                       m.gate.dispatch(0, 0);
                     }});
}

TEST_CASE("a vCPU is retired while a claim on it is undone") {
  Model m(2);
  m.explore({0, 1}, {m.guest(0), m.guest(1), [&] {
                       m.gate.dispatch(0, 0);
                       m.gate.dispatch(0, 1);
                       m.gate.dispatch(0, kNone);
                       m.gate.dispatch(1, 1);
                       m.retire(1);
                     }});
}

TEST_CASE("a vCPU is retired while it blocks, and another takes its core") {
  Model m(2);
  m.explore({0, 1}, {m.sleeper(0, 1), m.guest(1), [&] {
                       m.gate.dispatch(0, 0);
                       m.retire(0);
                       m.gate.dispatch(0, 1);
                       m.gate.unblock(0);
                     }});
}

TEST_CASE("a vCPU is retired while it is blocked") {
  Model m(2);
  m.explore({0, 1}, {m.sleeper(0, 1), m.guest(1), [&] {
                       m.gate.dispatch(0, 0);
                       if (m.next_exit() != 0) return;
                       m.gate.dispatch(0, 1);
                       m.retire(0);
                       m.gate.unblock(0);
                     }});
}

TEST_CASE("a vCPU is retired as soon as it is woken") {
  Model m(2);
  m.explore({0, 1}, {m.sleeper(0, 1), m.guest(1), [&] {
                       m.gate.dispatch(0, 0);
                       if (m.next_exit() != 0) return;
                       m.gate.dispatch(1, 0);
                       m.gate.unblock(0);
                       m.retire(0);
                       m.gate.dispatch(1, 1);
                     }});
}

TEST_CASE("a vCPU is retired while it finishes") {
  Model m(2);
  m.explore({0, 1}, {m.short_lived(0), m.guest(1), [&] {
                       m.gate.dispatch(0, 0);
                       m.retire(0);
                       m.gate.dispatch(0, 1);
                     }});
}

TEST_CASE("a vCPU is retired before it has come, and another one that comes late has its core") {
  Model m(2);
  m.explore({}, {m.late_guest(0), m.late_guest(1), [&] {
                   m.gate.dispatch(0, 0);
                   m.retire(0);
                   m.gate.dispatch(0, 1);
                 }});
}

TEST_CASE("two vCPUs that change places are retired") {
  Model m(1);
  m.explore({0, 1, 2}, {m.guest(0), m.guest(1), m.guest(2), [&] {
                          m.gate.dispatch(0, 0);
                          m.gate.dispatch(1, 1);
                          m.gate.dispatch(0, kNone);
                          m.gate.dispatch(1, 0);
                          m.gate.dispatch(0, 1);
                          m.retire(0);
                          m.retire(1);
                          m.gate.dispatch(1, 2);
                        }});
}

TEST_CASE("a vCPU is retired while everybody is released") {
  Model m(1);
  m.explore({0, 1}, {m.sleeper(0, 1), m.guest(1), [&] {
                       m.gate.dispatch(0, 0);
                       m.retire(0);
                       m.retire(1);
                       m.gate.release_all(Released::ended);
                     }});
}
