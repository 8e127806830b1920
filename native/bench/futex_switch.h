// How long this machine takes to switch between two threads on one core: the yardstick for the gate's hand-over.
#pragma once

#include <stdint.h>

#include "thread_info.h"

namespace creditlab {

// Two threads of one class on one host CPU wake each other through a futex in turn. In SCHED_OTHER the one that is woken takes the core
// at once, and the switch leaves out the other's way into its sleep; in SCHED_BATCH, as the lab's vCPUs are, it waits for that. Writes one duration a switch, from just before the wake
// in one thread to the first instruction after the wait in the other. Negated errno.
int bench_futex_switch(int cpu, SchedClass sched_class, int64_t* switch_ns, int count);

}  // namespace creditlab
