// A new wish every 200 µs, carried out by real signals, on vCPUs of several kinds. No vCPU runs without the token or on
// the wrong core, no wish is lost, and the process never freezes although its threads allocate all the time. Meanwhile
// further vCPUs come, each with a number of its own, and are retired.
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include <array>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "clock.h"
#include "doctest.h"
#include "gate.h"
#include "pause_fixture.h"

using namespace creditlab;
using test::Guest;
using test::PauseFixture;

namespace {

constexpr int kVcpus = 5;
constexpr int kPcpus = 2;
constexpr int64_t kLastsNs = 3 * kNsPerSecond;
constexpr int64_t kWishEveryNs = 200'000;
constexpr int kWishesOfALife = 100;

struct Watched {
  const Vcpu* vcpu;
  const Pcpu* pcpus;
  int v;
  int kind;
  int watching = 1;
  uint64_t progress = 0;
  uint64_t without_token = 0;
  uint64_t on_wrong_core = 0;

  uint64_t done() const { return __atomic_load_n(&progress, __ATOMIC_RELAXED); }
};

// Computes for so many rounds, and checks in each that it has the token of the pCPU that it was last granted, unless it
// has been retired.
PAUSABLE void compute_watching(Watched* w, uint64_t rounds) {
  int odd = 0;
  for (uint64_t i = 0; i < rounds && __atomic_load_n(&w->watching, __ATOMIC_RELAXED) != 0; ++i) {
    const int p = __atomic_load_n(&w->vcpu->pcpu, __ATOMIC_RELAXED);
    const uint64_t word = __atomic_load_n(reinterpret_cast<const uint64_t*>(&w->pcpus[p].word), __ATOMIC_RELAXED);
    // The thread may have been paused and moved between the two readings, but hardly a thousand times in a row.
    const uint32_t state = __atomic_load_n(reinterpret_cast<const uint32_t*>(&w->vcpu->state), __ATOMIC_RELAXED);
    const bool right = static_cast<int>(word & 0xffff) == w->v || state == static_cast<uint32_t>(State::retired);
    odd = right ? 0 : odd + 1;
    if (odd == 1000) ++w->without_token;
    __atomic_store_n(&w->progress, w->progress + 1, __ATOMIC_RELAXED);
  }
}

// Makes the C library work under its locks.
void allocate(Watched* w) {
  std::vector<std::string> strings;
  for (int i = 0; i < 200; ++i) {
    char text[64];
    snprintf(text, sizeof text, "%d %p %f", i, static_cast<void*>(w), 1.0 / (i + 1));
    strings.emplace_back(std::string(text) + std::string(static_cast<size_t>(i) * 7, 'x'));
  }
}

class Storm {
 public:
  explicit Storm(uint32_t seed) : random_(seed) {
    for (int v = 0; v < kVcpus; ++v) guests_.push_back(come(watched_[static_cast<size_t>(v)], v, v));
    mortal_ = come(mortal_watched_, mortal_v_, mortal_v_ % kVcpus);
  }

  void run() {
    const int64_t end = monotonic_ns() + kLastsNs;
    while (monotonic_ns() < end) {
      step();
      test::sleep_ns(kWishEveryNs);
      if (++wishes_of_this_life_ == kWishesOfALife) next_life();
    }
    retire_mortal();
    serve_each();
    for (Watched& w : watched_) __atomic_store_n(&w.watching, 0, __ATOMIC_RELAXED);
    gate().release_all(Released::ended);
    guests_.clear();
    read_facts();
    for (const Watched& w : watched_) {
      CHECK(w.without_token == 0);
      CHECK(w.on_wrong_core == 0);
      CHECK(w.progress > 0);
    }
    CHECK(out_of_turn_ == 0);
    CHECK(unfinished_ == mortal_v_ - kVcpus + 1);
    CHECK(mortal_watched_.without_token == 0);
    CHECK(mortal_watched_.on_wrong_core == 0);
    CHECK(gate().pcpu(0).facts.dropped() + gate().pcpu(1).facts.dropped() == 0);
    CHECK(pauses_ > 0);
    MESSAGE(pauses_ << " pauses, " << unfinished_ << " retirements");
  }

 private:
  std::unique_ptr<Guest> come(Watched& w, int v, int kind) {
    w.vcpu = &gate().vcpu(v);
    w.pcpus = &gate().pcpu(0);
    w.v = v;
    w.kind = kind;
    w.watching = 1;
    return std::make_unique<Guest>(v, [this, &w](VcpuThread& self) { live(w, self); });
  }
  // Its step may be an endless one: in the middle of it, it is without the token, and may be anywhere.
  void retire_mortal() {
    gate().retire(mortal_v_);
    if (random_() % 2 == 0) wish_nowhere(mortal_v_);
    REQUIRE(test::wait_for([&] {
      const State state = gate().vcpu(mortal_v_).state;
      return state == State::retired || state == State::absent;
    }));
    wish_nowhere(mortal_v_);
    __atomic_store_n(&mortal_watched_.watching, 0, __ATOMIC_RELAXED);
    mortal_.reset();
    const Vcpu& vcpu = gate().vcpu(mortal_v_);
    if (vcpu.retired_ns > 0 && vcpu.end_ns == 0 && vcpu.state == State::absent) ++unfinished_;
  }
  void next_life() {
    retire_mortal();
    ++mortal_v_;
    wishes_of_this_life_ = 0;
    mortal_ = come(mortal_watched_, mortal_v_, mortal_v_ % kVcpus);
  }

  void live(Watched& w, VcpuThread& self) {
    switch (w.kind) {
      case 0:
      case 1:
        compute_watching(&w, UINT64_MAX);
        break;
      case 2:
        for (bool go_on = true; go_on; go_on = self.checkpoint(w.progress)) {
          compute_watching(&w, 10'000);
          look_where(w);
        }
        break;
      case 3:
        for (bool go_on = true; go_on; go_on = self.checkpoint(w.progress)) {
          allocate(&w);
          compute_watching(&w, 100);
        }
        break;
      default:
        for (int turn = 1; turn % 3 == 0 ? self.yield() : self.sleep(1'000'000); ++turn) compute_watching(&w, 100'000);
        break;
    }
  }
  // Neither of the two readings is pausable code, nor is what lies between.
  void look_where(Watched& w) {
    if (sched_getcpu() != w.vcpu->cpu && !gate().dismissed(w.v)) ++w.on_wrong_core;
  }

  void step() {
    for (int i = 0; i < 10; ++i) free(malloc(static_cast<size_t>(64 << i)));
    serve_exits();
    const int p = static_cast<int>(random_() % kPcpus);
    const int v = static_cast<int>(random_() % (kVcpus + 2));
    wish(p, v == kVcpus ? kNone : v == kVcpus + 1 ? mortal_v_ : v);
    if (random_() % 64 == 0) read_facts();
  }
  // A vCPU is wished for on one pCPU at a time: the old wish goes first.
  void wish(int p, int v) {
    int& other = wishes_[static_cast<size_t>(1 - p)];
    if (v != kNone && other == v) {
      gate().dispatch(1 - p, kNone);
      other = kNone;
    }
    gate().dispatch(p, v);
    wishes_[static_cast<size_t>(p)] = v;
  }
  void wish_nowhere(int v) {
    for (int p = 0; p < kPcpus; ++p)
      if (wishes_[static_cast<size_t>(p)] == v) wish(p, kNone);
  }
  void serve_exits() {
    Exit why;
    for (int v; (v = gate().next_exit(why)) != kNone;) gate().unblock(v);
  }
  void serve_each() {
    for (int v = 0; v < kVcpus; ++v) {
      const Watched& w = watched_[static_cast<size_t>(v)];
      const int p = v % kPcpus;
      wish(p, kNone);
      wish(p, v);
      const uint64_t before = w.done();
      const bool served = test::wait_for([&] {
        serve_exits();
        return w.done() != before;
      });
      CHECK_MESSAGE(served, "vCPU " << v << " is forgotten");
    }
  }
  // On each pCPU a vCPU that has started must stop before the next one starts.
  void read_facts() {
    for (int p = 0; p < kPcpus; ++p) {
      int& now = on_core_[static_cast<size_t>(p)];
      int64_t& last = last_ns_[static_cast<size_t>(p)];
      Fact fact;
      while (gate().pcpu(p).facts.read(fact)) {
        const bool starts = fact.kind == FactKind::resume;
        if (now != (starts ? -1 : fact.vcpu) || fact.time_ns < last) ++out_of_turn_;
        // A vCPU that is kept goes on.
        if (fact.kind != FactKind::kept) now = starts ? fact.vcpu : -1;
        last = fact.time_ns;
        if (fact.kind == FactKind::pause) ++pauses_;
      }
    }
  }

  PauseFixture fixture_;
  std::mt19937 random_;
  std::array<Watched, kVcpus> watched_{};
  std::vector<std::unique_ptr<Guest>> guests_;
  Watched mortal_watched_{};
  std::unique_ptr<Guest> mortal_;
  int mortal_v_ = kVcpus;
  int wishes_of_this_life_ = 0;
  int unfinished_ = 0;
  std::array<int, kPcpus> wishes_{kNone, kNone};
  std::array<int, kPcpus> on_core_{-1, -1};
  std::array<int64_t, kPcpus> last_ns_{};
  uint64_t out_of_turn_ = 0;
  uint64_t pauses_ = 0;
};

}  // namespace

TEST_CASE("a storm of wishes leaves everything in order") {
  const uint32_t seed = std::random_device{}();
  printf("seed %u\n", seed);
  Storm(seed).run();
}
