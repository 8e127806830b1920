// Native guest code: spins, and notices when it was not running.
#pragma once

#include <stdint.h>

#include "code_map.h"

namespace creditlab {

// The time stamp counter: readable without leaving pausable code, where clock_gettime would be a call into the vDSO.
__attribute__((always_inline)) inline uint64_t cycle_counter() {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#else
  uint64_t count;
  asm volatile("mrs %0, cntvct_el0" : "=r"(count));
  return count;
#endif
}

struct Absence {
  uint64_t last_before;
  uint64_t first_after;
};

// Spins for so many counter ticks. Records each pair of neighbouring readings that lie more than `threshold` ticks
// apart: the last instruction before an absence and the first after it. Returns how many it recorded (at most capacity).
PAUSABLE int spin_and_watch(uint64_t ticks, uint64_t threshold, Absence* absences, int capacity);

}  // namespace creditlab
