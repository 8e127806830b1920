// Waiting in tests: for a condition, not for a time.
#pragma once

#include <sched.h>
#include <time.h>

#include "clock.h"

namespace creditlab::test {

inline void sleep_ns(int64_t ns) {
  const timespec t = to_timespec(ns);
  nanosleep(&t, nullptr);
}

// False after ten seconds, which no healthy run needs, however busy the machine is.
template <class Condition>
bool wait_for(const Condition& condition) {
  const int64_t deadline = monotonic_ns() + 10 * kNsPerSecond;
  while (!condition()) {
    if (monotonic_ns() > deadline) return false;
    sleep_ns(200'000);
  }
  return true;
}

}  // namespace creditlab::test
