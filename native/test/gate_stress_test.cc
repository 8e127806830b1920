// Six vCPUs on two pCPUs, with random wishes as fast as possible: never two vCPUs on a core, and no vCPU is forgotten.
#include <stdio.h>

#include <array>
#include <atomic>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "clock.h"
#include "doctest.h"
#include "gate.h"
#include "host_cpus.h"
#include "wait_for.h"

using namespace creditlab;

namespace {

constexpr int kVcpus = 6;
constexpr int kPcpus = 2;
constexpr int64_t kLastsNs = 3 * kNsPerSecond;

class Stress {
 public:
  explicit Stress(uint32_t seed) : random_(seed) {
    REQUIRE(gate_.reset(cpus_.data(), kPcpus, [](int) {}) == 0);
  }

  void run() {
    std::vector<std::thread> threads;
    for (int v = 0; v < kVcpus; ++v) threads.emplace_back([this, v] { live(v); });
    const int64_t end = monotonic_ns() + kLastsNs;
    while (monotonic_ns() < end) step();
    serve_each();
    gate_.release_all(Released::ended);
    for (std::thread& thread : threads) thread.join();
    CHECK(overlaps_ == 0);
    CHECK(without_token_ == 0);
    CHECK(gate_.violations() == 0);
    CHECK(gate_.attached() == 0);
  }

 private:
  struct Guest {
    std::atomic<int64_t> turns{0};
    std::atomic<bool> wants_to_block{false};
  };

  // The vCPU's thread.
  void live(int v) {
    if (gate_.attach(v) != 0) return;
    bool go_on = gate_.enter(v);
    while (go_on) {
      take_core(v);
      Guest& guest = guests_[static_cast<size_t>(v)];
      ++guest.turns;
      while (!gate_.unwanted(v) && gate_.released() == Released::no && !guest.wants_to_block) sched_yield();
      leave_core(v);
      if (guest.wants_to_block.exchange(false)) {
        go_on = gate_.block(v, guest.turns % 2 == 0 ? Exit::blocked : Exit::yielded, 0);
      } else {
        if (gate_.released() == Released::no) gate_.pause(v, 0);
        go_on = gate_.released() == Released::no;
      }
    }
    gate_.detach(v);
  }
  void take_core(int v) {
    const int p = gate_.vcpu(v).pcpu;
    // After the release everybody runs.
    if (runners_[static_cast<size_t>(p)].fetch_add(1) != 0 && gate_.released() == Released::no) ++overlaps_;
    if (gate_.holder(p) != v && gate_.released() == Released::no) ++without_token_;
  }
  void leave_core(int v) { runners_[static_cast<size_t>(gate_.vcpu(v).pcpu)].fetch_sub(1); }

  // The loop.
  void step() {
    serve_exits();
    switch (random_() % 8) {
      case 0:
        wish(pick(kPcpus), kNone);
        break;
      case 1:
        guests_[static_cast<size_t>(pick(kVcpus))].wants_to_block = true;
        break;
      case 2:
        wake_somebody();
        break;
      case 3:
        test::sleep_ns(100'000);
        break;
      case 4:
        sched_yield();
        break;
      default:
        wish(pick(kPcpus), pick(kVcpus));
        break;
    }
  }
  // A vCPU is wished for on one pCPU at a time: the old wish goes first.
  void wish(int p, int v) {
    for (int other = 0; other < kPcpus; ++other)
      if (other != p && v != kNone && wishes_[static_cast<size_t>(other)] == v) {
        gate_.dispatch(other, kNone);
        wishes_[static_cast<size_t>(other)] = kNone;
      }
    gate_.dispatch(p, v);
    wishes_[static_cast<size_t>(p)] = v;
  }
  void serve_exits() {
    Exit why;
    for (int v; (v = gate_.next_exit(why)) != kNone;) {
      if (why == Exit::yielded) {
        gate_.unblock(v);
      } else {
        asleep_.push_back(v);
      }
    }
  }
  void wake_somebody() {
    if (asleep_.empty()) return;
    gate_.unblock(asleep_.front());
    asleep_.erase(asleep_.begin());
  }
  // Whatever happened before, each vCPU still gets a core when it is wished for.
  void serve_each() {
    for (int v = 0; v < kVcpus; ++v) {
      Guest& guest = guests_[static_cast<size_t>(v)];
      const int64_t before = guest.turns;
      wish(v % kPcpus, kNone);
      wish(v % kPcpus, v);
      const bool served = test::wait_for([&] {
        serve_exits();
        wake_somebody();
        return guest.turns > before || (gate_.holder(v % kPcpus) == v && !guest.wants_to_block);
      });
      CHECK_MESSAGE(served, "vCPU " << v << " is forgotten");
    }
  }
  int pick(int of) { return static_cast<int>(random_() % static_cast<uint32_t>(of)); }

  std::mt19937 random_;
  const std::vector<int> cpus_ = test::pcpus(kPcpus);
  const std::unique_ptr<Gate> owner_ = std::make_unique<Gate>();
  Gate& gate_ = *owner_;
  std::array<Guest, kVcpus> guests_;
  std::array<std::atomic<int>, kPcpus> runners_{};
  std::atomic<int> overlaps_{0};
  std::atomic<int> without_token_{0};
  std::array<int, kPcpus> wishes_{kNone, kNone};
  std::vector<int> asleep_;
};

}  // namespace

TEST_CASE("at most one runs on a core, and everybody gets on") {
  const uint32_t seed = std::random_device{}();
  printf("seed %u\n", seed);
  Stress(seed).run();
}
