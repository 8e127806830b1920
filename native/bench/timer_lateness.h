// The yardstick for the loop's lateness: what a plain C thread gets from this kernel under the same load.
#pragma once

#include <stdint.h>

#include "thread_info.h"

namespace creditlab {

struct TimerWaits {
  const int* cpus;  // each is kept busy by a spinning thread of its own; the timer's thread may run on all of them
  int cpu_count;
  int64_t hog_slice_ns;    // of the spinning threads, which are in SCHED_BATCH as the lab's vCPUs are
  SchedClass timer_class;  // of the thread that waits
  int fifo_priority;       // with SchedClass::fifo
  int64_t slice_ns;        // with SchedClass::other
  int64_t period_ns;       // from one instant to the next
};

// A thread with a timer slack of 1 ns sleeps until `count` absolute instants, by clock_nanosleep. Writes how late it
// came back from each. Negated errno.
int bench_timer_lateness(const TimerWaits& how, int64_t* late_ns, int count);

}  // namespace creditlab
