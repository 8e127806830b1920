// Waits for what another core does within a few microseconds, which is less than a sleep and a wake-up take.
#pragma once

#include <stdint.h>

#include "clock.h"

namespace creditlab {

inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Spins until an atomic word is 0, for at most so long.
template <class Word>
void spin_until_zero(const Word& word, int64_t at_most_ns) {
  if (word.load() == 0) return;
  const int64_t until_ns = monotonic_ns() + at_most_ns;
  while (word.load() != 0 && monotonic_ns() < until_ns) relax();
}

}  // namespace creditlab
