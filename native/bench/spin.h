// A guest for benches: it spins, and notices when it was not running.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace creditlab {

// The time stamp counter. To read it, a thread needn't leave the code that spins; clock_gettime would be a call into
// the vDSO.
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
// apart: the last instruction before an absence and the first after it. Returns how many it recorded, at most
// `capacity`. The gate doesn't pause a thread in here, because this is a library's code.
int spin_and_watch(uint64_t ticks, uint64_t threshold, Absence* absences, int capacity);

using Spin = int (*)(uint64_t ticks, uint64_t threshold, Absence* absences, int capacity);

// A copy of spin_and_watch in memory that belongs to no loaded object, where compiled JavaScript lies, too: the gate
// takes it for generated code and pauses a thread in it at any instruction. It is made once and never freed. Null where
// a process may not make code.
Spin generated_spin();

}  // namespace creditlab
