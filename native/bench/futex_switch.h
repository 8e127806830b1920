// How long this machine takes to switch between two threads on one core: the yardstick for the gate's hand-over.
#pragma once

#include <stdint.h>

#include "thread_info.h"

namespace creditlab {

// Two threads of one class on one host CPU wake each other through a futex in turn. Writes one duration for each
// switch, from just before the wake in one thread to the first instruction after the wait in the other. In SCHED_OTHER
// a woken thread takes the core at once, before the other one sleeps. In SCHED_BATCH, which the lab's vCPUs are in, it
// gets the core when the other one sleeps. Negated errno.
int bench_futex_switch(int cpu, SchedClass sched_class, int64_t* switch_ns, int count);

}  // namespace creditlab
