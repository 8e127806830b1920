// Pausing by signal, in every order of what the loop, the threads and their handlers do, with at most two preemptions.
// Here a signal arrives between two atomic operations, and a timer's at any later point.
#include <signal.h>
#include <stdint.h>
#include <time.h>
#include <ucontext.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "doctest.h"
#include "interleave.h"
#include "interleaved_atomic.h"

namespace {

constexpr int kVcpus = 2;

// A vCPU's thread, as far as signals go. Thread v + 1 is vCPU v's.
struct ThreadSignals {
  int pending;
  int of_timers;  // among them
  bool masked;
  bool timer_armed;
};
std::array<ThreadSignals, kVcpus> signals;

ThreadSignals* signals_of(size_t thread) { return thread < kVcpus ? &signals[thread] : nullptr; }

int fake_timer_create(clockid_t, sigevent*, timer_t* timer) {
  *timer = reinterpret_cast<timer_t>(interleave::Explorer::self());
  return 0;
}
int fake_timer_settime(timer_t timer, int, const itimerspec* spec, itimerspec*) {
  signals[reinterpret_cast<size_t>(timer)].timer_armed = spec->it_value.tv_nsec != 0;
  return 0;
}
int fake_timer_delete(timer_t timer) {
  signals[reinterpret_cast<size_t>(timer)].timer_armed = false;
  return 0;
}

}  // namespace

namespace creditlab {

// Two more system calls than in interleaved_atomic.h: the calling thread's number, and a signal to a thread.
inline long syscall(long) { return static_cast<long>(interleave::Explorer::self()) + 1; }
inline long syscall(long, int, int tid, int, siginfo_t*) {
  // Another program may go on before the signal is sent.
  interleave::explorer->point();
  ++signals[static_cast<size_t>(tid - 1)].pending;
  return 0;
}

}  // namespace creditlab

// The sources themselves: their atomics are the explorer's.
#include "../gate.cc"
#define timer_create fake_timer_create
#define timer_settime fake_timer_settime
#define timer_delete fake_timer_delete
#include "../pause.cc"
#undef timer_create
#undef timer_settime
#undef timer_delete

// Generated code is where `kGenerated` is.
constexpr uintptr_t kGenerated = 0x1000;
void creditlab::CodeMap::refresh() {}
bool creditlab::CodeMap::pausable(uintptr_t pc) { return pc == kGenerated; }

using creditlab::Exit;
using creditlab::gate;
using creditlab::kNone;
using creditlab::Released;
using creditlab::State;
using creditlab::VcpuThread;
using interleave::Explorer;
using interleave::Program;

namespace {

class Model {
 public:
  explicit Model(int preemptions) : explorer_(preemptions) {
    explorer_.at_each_point([this] { handle_signals(0); });
    creditlab::interrupted = [this](size_t thread) {
      const ThreadSignals* s = signals_of(thread);
      return s != nullptr && !s->masked && s->pending > 0 && !explorer_.draining();
    };
    creditlab::woken_by_signal = [this](size_t thread) {
      const State state = gate().vcpu(static_cast<int>(thread)).state.load(std::memory_order_relaxed);
      // Its thread would be in the kernel's run queue beside its successor's. Nobody holds off a stranger's signal.
      if (strangers_) return;
      if (state == State::waiting || state == State::blocked)
        explorer_.fail("a signal woke a vCPU that had left its core");
    };
  }

  // A vCPU that does `steps` short steps and then one in generated code. That one ends only when the vCPU is dismissed.
  Program guest(int v, int steps) {
    return [=, this] {
      VcpuThread self;
      attach(self, v);
      bool go_on = self.enter();
      for (int i = 1; i <= steps && go_on; ++i) go_on = self.checkpoint(static_cast<uint64_t>(i));
      if (go_on) endless_step(self);
      self.finish(static_cast<uint64_t>(steps + 1));
      self.leave();
    };
  }
  Program sleeper(int v) {
    return [=, this] {
      VcpuThread self;
      attach(self, v);
      if (self.enter() && self.sleep(-1)) endless_step(self);
      self.leave();
    };
  }
  // One whose work is done after a short step.
  Program short_lived(int v) {
    return [=, this] {
      VcpuThread self;
      attach(self, v);
      self.enter();
      self.finish(1);
      self.leave();
    };
  }

  // Somebody else queues the pause signal for a vCPU's thread.
  Program stranger(int v) {
    strangers_ = true;
    return [=] {
      interleave::explorer->point();
      ++signals[static_cast<size_t>(v)].pending;
    };
  }

  // In the loop's program.
  void retire(int v) {
    gate().retire(v);
    retired_[v] = true;
  }
  void wait_until_attached(int vcpus) {
    explorer_.wait_until([=] { return gate().attached() == vcpus; });
  }
  void wait_until_paused(int v) {
    explorer_.wait_until([=] { return gate().vcpu(v).state == State::waiting; });
  }
  int next_exit() {
    Exit why;
    int v = kNone;
    explorer_.wait_until([&] { return (v = gate().next_exit(why)) != kNone || gate().released() != Released::no; });
    return v;
  }

  void explore(const std::vector<Program>& programs) {
    const int executions = explorer_.explore(
        [&] {
          creditlab::sleepers.clear();
          signals = {};
          for (bool& in : in_step_) in = false;
          for (bool& retired : retired_) retired = false;
          const int cpus[] = {0, 1};
          if (gate().reset(cpus, 2, creditlab::send_pause_signal) != 0) explorer_.fail("somebody is still attached");
        },
        programs, [&] { quiet(); });
    if (gate().violations() != 0) explorer_.fail("a state changed otherwise than in the picture");
    CHECK(explorer_.failure() == "");
    MESSAGE(executions << " executions");
  }

 private:
  void attach(VcpuThread& self, int v) {
    explorer_.silently([&] {
      if (self.attach(v) != 0) explorer_.fail("attach");
    });
  }

  void handle_signals(uintptr_t pc) {
    ThreadSignals* s = signals_of(Explorer::self());
    if (s == nullptr || s->masked) return;
    if (s->timer_armed && s->pending == 0 && (pc == kGenerated || explorer_.happens_now())) {
      s->timer_armed = false;
      ++s->pending;
      ++s->of_timers;
    }
    while (s->pending > 0) {
      --s->pending;
      const bool is_timer = s->of_timers > 0;
      if (is_timer) --s->of_timers;
      s->masked = true;
      siginfo_t info{};
      info.si_code = is_timer ? SI_TIMER : SI_QUEUE;
      info.si_value.sival_int = static_cast<int>(Explorer::self());
      ucontext_t context{};
#if defined(__x86_64__)
      context.uc_mcontext.gregs[REG_RIP] = static_cast<greg_t>(pc);
#else
      context.uc_mcontext.pc = pc;
#endif
      creditlab::on_signal(creditlab::pause_signal(), &info, &context);
      s->masked = false;
    }
  }

  void endless_step(VcpuThread& self) {
    const int v = self.vcpu();
    const auto& s = signals[static_cast<size_t>(v)];
    while (!gate().dismissed(v)) {
      in_step_[v] = true;
      explorer_.wait_until([&] { return s.pending > 0 || s.timer_armed || gate().dismissed(v); });
      // A vCPU that is in its handler isn't in its step.
      in_step_[v] = false;
      if (!gate().dismissed(v)) handle_signals(kGenerated);
    }
    // Whoever strays in its step is signalled by its timer, and leaves at the next check all the same.
    if (gate().released() == Released::no) {
      if (!s.timer_armed) explorer_.fail("nothing keeps a straying vCPU from the pCPUs");
      handle_signals(kGenerated);
    }
    if (self.checkpoint(1)) explorer_.fail("a dismissed vCPU goes on at its check");
  }

  // Nothing moves any more: every wish must have come true.
  void quiet() {
    for (int p = 0; p < 2; ++p) {
      const int wish = creditlab::unpack(gate().pcpu(p).word.load()).wish;
      const State state = wish == kNone ? State::absent : gate().vcpu(wish).state.load();
      const bool able = state == State::waiting || state == State::running;
      const std::string where = " on pCPU " + std::to_string(p);
      if (!able && gate().holder(p) != kNone) explorer_.fail("the holder wasn't paused" + where);
      if (able && gate().holder(p) != wish) explorer_.fail("the wished vCPU hasn't the token" + where);
      if (able && !in_step_[wish]) explorer_.fail("the wished vCPU doesn't run" + where);
    }
    for (int v = 0; v < kVcpus; ++v) {
      if (!retired_[v]) continue;
      if (gate().vcpu(v).state.load() != State::absent) explorer_.fail("a retired vCPU stays");
      if ((gate().vcpu(v).end_ns.load() == 0) == (gate().vcpu(v).retired_ns.load() == 0))
        explorer_.fail("a retired vCPU has finished and retired, or neither");
    }
    for (int p = 0; p < 2; ++p) {
      int now = kNone;
      creditlab::Fact fact;
      while (gate().pcpu(p).facts.read(fact)) {
        const bool starts = fact.kind == creditlab::FactKind::resume;
        if (now != (starts ? kNone : fact.vcpu)) explorer_.fail("facts out of turn on pCPU " + std::to_string(p));
        if (fact.kind != creditlab::FactKind::kept) now = starts ? fact.vcpu : kNone;
      }
      if (now != gate().holder(p)) explorer_.fail("the facts have another runner on pCPU " + std::to_string(p));
    }
    for (int v = 0; v < kVcpus; ++v) {
      const ThreadSignals& s = signals[static_cast<size_t>(v)];
      if (gate().vcpu(v).announced_signals.load() > static_cast<uint32_t>(s.pending - s.of_timers))
        explorer_.fail("more signals are announced than are on their way");
      if (creditlab::regions[v].deferring != 0 && !s.timer_armed)
        explorer_.fail("a pause counts as deferred, but no timer is armed");
    }
    gate().release_all(Released::ended);
  }

  Explorer explorer_;
  bool in_step_[kVcpus] = {};
  bool retired_[kVcpus] = {};
  bool strangers_ = false;
};

}  // namespace

TEST_CASE("a wish that changes during a step is seen in its middle") {
  Model m(2);
  m.explore({m.guest(0, 0), m.guest(1, 0), [] {
               gate().dispatch(0, 0);
               gate().dispatch(0, 1);
               gate().dispatch(0, kNone);
             }});
}

TEST_CASE("a wish that changes around the check between two steps is not lost") {
  Model m(2);
  m.explore({m.guest(0, 0), [] {},
             [&] {
               gate().dispatch(0, 0);
               gate().dispatch(0, kNone);
               m.wait_until_paused(0);
               gate().dispatch(0, 0);
               gate().dispatch(0, kNone);
             }});
}

TEST_CASE("a stranger's signal beside the loop's leaves the count of announced signals right") {
  Model m(2);
  m.explore({m.guest(0, 1), [] {},
             [] {
               gate().dispatch(0, 0);
               gate().dispatch(0, kNone);
             },
             m.stranger(0)});
}

TEST_CASE("two vCPUs whose wishes change while they check and step converge to the latest") {
  Model m(1);
  m.explore({m.guest(0, 1), m.guest(1, 1), [] {
               gate().dispatch(0, 0);
               gate().dispatch(0, 1);
               gate().dispatch(0, kNone);
               gate().dispatch(1, 1);
               gate().dispatch(0, 0);
             }});
}

TEST_CASE("a vCPU that wakes up in the middle of changing wishes obeys the latest") {
  Model m(2);
  m.explore({m.sleeper(0), m.guest(1, 0), [&] {
               gate().dispatch(0, 0);
               if (m.next_exit() != 0) return;
               gate().unblock(0);
               gate().dispatch(0, 1);
             }});
}

TEST_CASE("a vCPU is retired in the middle of its step, and another has its core") {
  Model m(2);
  m.explore({m.guest(0, 0), m.guest(1, 0), [&] {
               gate().dispatch(0, 0);
               m.retire(0);
               gate().dispatch(0, 1);
             }});
}

TEST_CASE("a vCPU is retired when another has been told to have its core") {
  Model m(2);
  m.explore({m.guest(0, 0), m.guest(1, 0), [&] {
               gate().dispatch(0, 0);
               gate().dispatch(0, 1);
               m.retire(0);
             }});
}

TEST_CASE("a vCPU is retired around the check between two steps") {
  Model m(2);
  m.explore({m.guest(0, 1), [] {},
             [&] {
               gate().dispatch(0, 0);
               gate().dispatch(0, kNone);
               gate().dispatch(0, 0);
               m.retire(0);
             }});
}

TEST_CASE("a vCPU that is paused in the middle of its step is retired") {
  Model m(2);
  m.explore({m.guest(0, 0), [] {},
             [&] {
               gate().dispatch(0, 0);
               gate().dispatch(0, kNone);
               m.wait_until_paused(0);
               gate().dispatch(1, 0);
               m.retire(0);
             }});
}

TEST_CASE("a vCPU is retired while it goes to sleep") {
  Model m(2);
  m.explore({m.sleeper(0), m.guest(1, 0), [&] {
               gate().dispatch(0, 0);
               m.retire(0);
               gate().unblock(0);
               gate().dispatch(0, 1);
             }});
}

TEST_CASE("a vCPU is retired while its work comes to an end") {
  Model m(2);
  m.explore({m.short_lived(0), m.guest(1, 0), [&] {
               gate().dispatch(0, 0);
               m.retire(0);
               gate().dispatch(0, 1);
             }});
}

TEST_CASE("a vCPU is retired while everybody is released, in the middle of a step") {
  Model m(1);
  m.explore({m.guest(0, 0), m.guest(1, 0), [&] {
               m.wait_until_attached(2);
               gate().dispatch(0, 0);
               gate().dispatch(0, 1);
               m.retire(0);
               gate().release_all(Released::ended);
             }});
}
