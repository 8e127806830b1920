#include "spin.h"

namespace creditlab {

PAUSABLE int spin_and_watch(uint64_t ticks, uint64_t threshold, Absence* absences, int capacity) {
  int count = 0;
  uint64_t before = cycle_counter();
  const uint64_t end = before + ticks;
  while (before < end) {
    const uint64_t now = cycle_counter();
    if (now - before > threshold && count < capacity) absences[count++] = {before, now};
    before = now;
  }
  return count;
}

}  // namespace creditlab
