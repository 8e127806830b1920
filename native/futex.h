// The kernel's compare-and-sleep on a 32-bit word. Safe inside a signal handler.
#pragma once

#include <errno.h>
#include <linux/futex.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

#include "clock.h"

namespace creditlab {

static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t) && std::atomic<uint32_t>::is_always_lock_free);

// Sleeps while `word` holds `expected`, until woken or until an absolute instant of CLOCK_MONOTONIC.
// Returns 0, or a negated errno: -ETIMEDOUT, -EAGAIN (the word differs), -EINTR.
inline int futex_wait_until(std::atomic<uint32_t>& word, uint32_t expected, int64_t deadline_ns) {
  const timespec deadline = to_timespec(deadline_ns);
  const long rc =
      syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, expected, &deadline, nullptr, FUTEX_BITSET_MATCH_ANY);
  return rc == 0 ? 0 : -errno;
}

// Sleeps for so long, or until woken after the word has been changed from 0.
template <class Word>
void sleep_while_zero(Word& word, int64_t at_most_ns) {
  futex_wait_until(word, 0, monotonic_ns() + at_most_ns);
}

inline void futex_wake(std::atomic<uint32_t>& word) {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

}  // namespace creditlab
