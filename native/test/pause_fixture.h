// vCPU threads for the pause tests: real signals, and steps that would never end by themselves.
#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "code_map.h"
#include "doctest.h"
#include "gate.h"
#include "host_cpus.h"
#include "pause.h"
#include "wait_for.h"

namespace creditlab::test {

// One step of a guest, and what it did so far.
struct Step {
  uint64_t progress = 0;
  int end = 0;

  uint64_t done() const { return __atomic_load_n(&progress, __ATOMIC_RELAXED); }
  void stop() { __atomic_store_n(&end, 1, __ATOMIC_RELAXED); }
  bool advances() const {
    return wait_for([this, before = done()] { return done() != before; });
  }
  // No progress for a while. A thread that isn't paused would get some time even on a busy machine.
  bool stands() const {
    const uint64_t before = done();
    sleep_ns(30'000'000);
    return done() == before;
  }
};

// Built-ins instead of std::atomic, whose functions may be calls, which would leave pausable code.
PAUSABLE inline void compute(Step* step) {
  while (__atomic_load_n(&step->end, __ATOMIC_RELAXED) == 0)
    __atomic_store_n(&step->progress, step->progress + 1, __ATOMIC_RELAXED);
}

// The same in ordinary code: the thread might hold a lock.
__attribute__((noinline)) inline void compute_holding_locks(Step* step) {
  while (__atomic_load_n(&step->end, __ATOMIC_RELAXED) == 0)
    __atomic_store_n(&step->progress, step->progress + 1, __ATOMIC_RELAXED);
}

// A thread that goes to the gate as vCPU v and does `body` between entering and finishing.
class Guest {
 public:
  using Body = std::function<void(VcpuThread&)>;
  Guest(int v, Body body) : thread_([this, v, work = std::move(body)] { live(v, work); }) {
    wait_for([this] { return attached_.load(); });
  }
  ~Guest() {
    if (thread_.joinable()) join();
  }
  void join() { thread_.join(); }

 private:
  void live(int v, const Body& body) {
    VcpuThread self;
    if (self.attach(v) != 0) return;
    attached_ = true;
    if (self.enter()) body(self);
    self.finish(1);
    self.leave();
  }
  std::atomic<bool> attached_{false};
  std::thread thread_;
};

// The gate with real signals. The guests must end before it does, so stop their steps first.
struct PauseFixture {
  PauseFixture() {
    REQUIRE(install_pause_handler() == 0);
    REQUIRE(gate().reset(cpus.data(), static_cast<int>(cpus.size()), send_pause_signal) == 0);
    violations_before = gate().violations();
  }
  ~PauseFixture() { CHECK(gate().violations() == violations_before); }

  static bool held_by(int p, int v) {
    return wait_for([&] { return gate().holder(p) == v; });
  }
  static std::vector<Fact> facts(int p) {
    std::vector<Fact> out;
    Fact fact;
    while (gate().pcpu(p).facts.read(fact)) out.push_back(fact);
    return out;
  }

  const std::vector<int> cpus = pcpus(2);
  uint64_t violations_before = 0;
};

}  // namespace creditlab::test
