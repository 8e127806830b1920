// What the cores really did: a record for each time a vCPU started or stopped running guest code.
//
// There is a ring for each pCPU. Its writer is the vCPU that holds the pCPU's token. So writers take turns by the same
// hand-over that makes them take turns on the core, and the ring needs no lock. It has one reader. A full ring drops
// records and counts them.
#pragma once

#include <stdint.h>

#include <atomic>

namespace creditlab {

enum class FactKind : int32_t { resume = 1, pause = 2, block = 3, done = 4, kept = 5 };

struct Fact {
  int64_t time_ns;  // CLOCK_MONOTONIC
  int64_t cpu_ns;   // the vCPU's thread clock
  int32_t vcpu;
  FactKind kind;
  int32_t next;  // pause, block, done: the vCPU that was wished for just then, -1 if nobody
  // pause: for how long it was deferred; kept: for how long a pause was deferred that was called off then; resume: how
  // long after the loop's wish
  int64_t late_ns;
};

class FactRing {
 public:
  static constexpr uint32_t kCapacity = 1 << 14;

  void write(const Fact& fact) {
    const uint32_t head = head_.load(std::memory_order_relaxed);
    if (head - tail_.load(std::memory_order_acquire) == kCapacity) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    facts_[head % kCapacity] = fact;
    head_.store(head + 1, std::memory_order_release);
  }

  bool read(Fact& fact) {
    const uint32_t tail = tail_.load(std::memory_order_relaxed);
    if (tail == head_.load(std::memory_order_acquire)) return false;
    fact = facts_[tail % kCapacity];
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

  // Only while no vCPU is attached.
  void clear() {
    head_.store(0);
    tail_.store(0);
    dropped_.store(0);
  }

 private:
  alignas(64) std::atomic<uint32_t> head_{0};
  alignas(64) std::atomic<uint32_t> tail_{0};
  std::atomic<uint64_t> dropped_{0};
  Fact facts_[kCapacity];
};

}  // namespace creditlab
