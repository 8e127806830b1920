// Lets the explorer of interleave.h into the gate's own source, unchanged: inside namespace creditlab, `std::atomic`
// and `syscall` are those below. Include it before the source. Outside, `std` is the library's as ever.
#pragma once

#include <errno.h>
#include <linux/futex.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "interleave.h"

namespace creditlab::std {

using ::std::memory_order;
using ::std::memory_order_acquire;
using ::std::memory_order_relaxed;
using ::std::memory_order_release;
using ::std::memory_order_seq_cst;

inline void atomic_signal_fence(memory_order) {
  if (interleave::explorer != nullptr) interleave::explorer->point();
}

template <class T>
class atomic {
 public:
  static constexpr bool is_always_lock_free = true;
  atomic() = default;
  constexpr atomic(T value) : value_(value) {}
  atomic(const atomic&) = delete;
  atomic& operator=(const atomic&) = delete;

  T load(memory_order order = memory_order_seq_cst) const {
    // The programs don't depend on when a relaxed operation happens.
    if (order != memory_order_relaxed) point();
    return value_;
  }
  operator T() const { return load(); }
  void store(T value, memory_order order = memory_order_seq_cst) {
    if (order != memory_order_relaxed) point();
    value_ = value;
  }
  T operator=(T value) {
    store(value);
    return value;
  }
  T exchange(T value) {
    point();
    const T before = value_;
    value_ = value;
    return before;
  }
  bool compare_exchange_strong(T& expected, T desired) {
    point();
    if (value_ == expected) {
      value_ = desired;
      return true;
    }
    expected = value_;
    return false;
  }
  bool compare_exchange_weak(T& expected, T desired) { return compare_exchange_strong(expected, desired); }
  T fetch_add(T n, memory_order = memory_order_seq_cst) {
    return update([n](T value) { return value + n; });
  }
  T fetch_sub(T n, memory_order = memory_order_seq_cst) {
    return update([n](T value) { return value - n; });
  }
  T fetch_or(T bits, memory_order = memory_order_seq_cst) {
    return update([bits](T value) { return value | bits; });
  }
  T fetch_and(T bits, memory_order = memory_order_seq_cst) {
    return update([bits](T value) { return value & bits; });
  }

 private:
  static void point() {
    if (interleave::explorer != nullptr) interleave::explorer->point();
  }
  template <class Change>
  T update(const Change& change) {
    point();
    const T before = value_;
    value_ = change(before);
    return before;
  }

  T value_{};
};

}  // namespace creditlab::std

namespace creditlab {

// A thread that sleeps on a word. Like the kernel's futex, it sleeps until somebody wakes it, whatever the word holds
// meanwhile; unlike it, no time passes, so that a wake that got lost shows.
struct Sleeper {
  const void* word;
  bool woken;
};
inline ::std::vector<Sleeper*> sleepers;

// Has this thread a signal to handle, which ends its sleep?
inline ::std::function<bool(size_t thread)> interrupted = [](size_t) { return false; };
// Called when a signal has ended a thread's sleep.
inline ::std::function<void(size_t thread)> woken_by_signal = [](size_t) {};

// In place of brief_wait.h's. No time passes here either, so it waits until the word is 0. Relaxed loads aren't points.
inline void spin_until_zero(const std::atomic<uint32_t>& word, int64_t) {
  while (word.load() != 0) {
    const size_t self = interleave::Explorer::self();
    interleave::explorer->wait_until([&] { return word.load(std::memory_order_relaxed) == 0 || interrupted(self); });
  }
}

// In place of futex.h's: it ends at any time.
inline void sleep_while_zero(std::atomic<uint32_t>&, int64_t) { interleave::explorer->point(); }

template <class Value, class... Rest>
long syscall(long, std::atomic<uint32_t>* word, int operation, Value value, Rest...) {
  if (operation == FUTEX_WAKE_PRIVATE) {
    const auto first = ::std::find_if(sleepers.begin(), sleepers.end(), [&](Sleeper* s) { return s->word == word; });
    if (first == sleepers.end()) return 0;
    (*first)->woken = true;
    sleepers.erase(first);
    return 1;
  }
  if (word->load() != static_cast<uint32_t>(value)) {
    errno = EAGAIN;
    return -1;
  }
  Sleeper me{word, false};
  sleepers.push_back(&me);
  const size_t self = interleave::Explorer::self();
  interleave::explorer->wait_until([&] { return me.woken || interrupted(self); });
  if (me.woken) return 0;
  woken_by_signal(self);
  ::std::erase(sleepers, &me);
  errno = EINTR;
  return -1;
}

// The other system calls are about thread ids and masks, which don't matter here.
template <class... Arguments>
long syscall(long, Arguments...) {
  return 0;
}

}  // namespace creditlab
