// Clocks, in nanoseconds. Each is safe to read inside a signal handler.
#pragma once

#include <pthread.h>
#include <stdint.h>
#include <time.h>

namespace creditlab {

constexpr int64_t kNsPerSecond = 1'000'000'000;

inline int64_t to_ns(const timespec& t) { return t.tv_sec * kNsPerSecond + t.tv_nsec; }
inline timespec to_timespec(int64_t ns) {
  timespec t;
  t.tv_sec = static_cast<time_t>(ns / kNsPerSecond);
  t.tv_nsec = static_cast<long>(ns % kNsPerSecond);
  return t;
}

inline int64_t clock_ns(clockid_t clock) {
  timespec t;
  // The clock of a thread that has ended can't be read.
  return clock_gettime(clock, &t) == 0 ? to_ns(t) : -1;
}

inline int64_t monotonic_ns() { return clock_ns(CLOCK_MONOTONIC); }
inline int64_t own_cpu_ns() { return clock_ns(CLOCK_THREAD_CPUTIME_ID); }

}  // namespace creditlab
