// Six vCPUs on two pCPUs, with random wishes as fast as possible: never two vCPUs on a core, and no vCPU is forgotten.
// Again and again one of them is retired, and a new one with a number of its own comes in its place.
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
// The last number that vCPUs of such a stress may have.
constexpr int kLastNumber = 900;

class Stress {
 public:
  explicit Stress(uint32_t seed) : random_(seed) {
    REQUIRE(gate_.reset(cpus_.data(), kPcpus, [](int) {}) == 0);
  }

  void run() {
    for (int place = 0; place < kVcpus; ++place) start(place);
    const int64_t end = monotonic_ns() + kLastsNs;
    while (monotonic_ns() < end) step();
    serve_each();
    gate_.release_all(Released::ended);
    for (Guest& guest : guests_) guest.thread.join();
    MESSAGE((next_number_ - kVcpus) << " vCPUs were retired");
    CHECK(next_number_ > kVcpus);
    CHECK(retired_on_record_ == next_number_ - kVcpus);
    CHECK(overlaps_ == 0);
    CHECK(without_token_ == 0);
    CHECK(gate_.violations() == 0);
    CHECK(gate_.attached() == 0);
  }

 private:
  struct Guest {
    std::atomic<int64_t> turns{0};
    std::atomic<bool> wants_to_block{false};
    int v = kNone;
    std::thread thread;
  };

  void start(int place) {
    Guest& guest = guests_[static_cast<size_t>(place)];
    guest.v = next_number_++;
    guest.wants_to_block = false;
    guest.thread = std::thread([this, &guest] { live(guest, guest.v); });
  }
  // The loop's wishes for it may stand, or go first.
  void retire(int place) {
    Guest& guest = guests_[static_cast<size_t>(place)];
    if (random_() % 2 == 0) wish_nowhere(guest.v);
    gate_.retire(guest.v);
    wish_nowhere(guest.v);
    std::erase(asleep_, guest.v);
    guest.thread.join();
    const Vcpu& vcpu = gate_.vcpu(guest.v);
    if (vcpu.retired_ns > 0 && vcpu.end_ns == 0 && vcpu.state == State::absent) ++retired_on_record_;
    start(place);
  }

  // The vCPU's thread.
  void live(Guest& guest, int v) {
    if (gate_.attach(v) != 0) return;
    bool go_on = gate_.enter(v);
    while (go_on) {
      take_core(v);
      ++guest.turns;
      while (!gate_.unwanted(v) && gate_.released() == Released::no && !guest.wants_to_block) sched_yield();
      leave_core(v);
      if (guest.wants_to_block.exchange(false)) {
        go_on = gate_.block(v, guest.turns % 2 == 0 ? Exit::blocked : Exit::yielded, 0);
      } else {
        if (!gate_.dismissed(v)) gate_.pause(v, 0);
        go_on = !gate_.dismissed(v);
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
    if (random_() % 256 == 0 && next_number_ <= kLastNumber) retire(pick(kVcpus));
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
        wish(pick(kPcpus), guests_[static_cast<size_t>(pick(kVcpus))].v);
        break;
    }
  }
  // A vCPU is wished for on one pCPU at a time: the old wish goes first.
  void wish(int p, int v) {
    if (v != kNone && wishes_[static_cast<size_t>(p)] != v) wish_nowhere(v);
    gate_.dispatch(p, v);
    wishes_[static_cast<size_t>(p)] = v;
  }
  void wish_nowhere(int v) {
    for (int p = 0; p < kPcpus; ++p)
      if (wishes_[static_cast<size_t>(p)] == v) wish(p, kNone);
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
    for (int place = 0; place < kVcpus; ++place) {
      Guest& guest = guests_[static_cast<size_t>(place)];
      const int v = guest.v;
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
  std::array<Guest, kVcpus> guests_{};
  std::array<std::atomic<int>, kPcpus> runners_{};
  std::atomic<int> overlaps_{0};
  std::atomic<int> without_token_{0};
  std::array<int, kPcpus> wishes_{kNone, kNone};
  std::vector<int> asleep_;
  int next_number_ = 0;
  int retired_on_record_ = 0;
};

}  // namespace

TEST_CASE("at most one runs on a core, and everybody gets on") {
  const uint32_t seed = std::random_device{}();
  printf("seed %u\n", seed);
  Stress(seed).run();
}
