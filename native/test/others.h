// What programs other than this one took of the CPUs: noise from outside, measured by the kernel.
#pragma once

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

namespace creditlab::test {

class Others {
 public:
  Others() : busy_before_(busy_ns()), own_before_(own_ns()), since_(monotonic_ns()) {}

  // Of all CPUs' time since then, percent. Negative: the kernel doesn't tell.
  double percent() const {
    if (busy_before_ < 0) return -1;
    const int64_t others = busy_ns() - busy_before_ - (own_ns() - own_before_);
    const int64_t all = (monotonic_ns() - since_) * sysconf(_SC_NPROCESSORS_ONLN);
    return all <= 0 || others < 0 ? 0 : 100.0 * static_cast<double>(others) / static_cast<double>(all);
  }

 private:
  static int64_t own_ns() { return clock_ns(CLOCK_PROCESS_CPUTIME_ID); }
  // The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal, in ticks of a clock.
  static int64_t busy_ns() {
    FILE* file = fopen("/proc/stat", "re");
    if (file == nullptr) return -1;
    long long user, nice, system, idle, iowait, irq, softirq, steal;
    const int read = fscanf(file, "cpu %lld %lld %lld %lld %lld %lld %lld %lld", &user, &nice, &system, &idle, &iowait,
                            &irq, &softirq, &steal);
    fclose(file);
    if (read != 8) return -1;
    return (user + nice + system + irq + softirq + steal) * (kNsPerSecond / sysconf(_SC_CLK_TCK));
  }

  int64_t busy_before_;
  int64_t own_before_;
  int64_t since_;
};

}  // namespace creditlab::test
