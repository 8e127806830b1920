// How long this machine takes to switch between two threads on one core: the yardstick for the gate's hand-over.
#pragma once

#include <stdint.h>

namespace creditlab {

// Two threads on one host CPU wake each other through a futex in turn. Writes one duration a switch, from just before the wake
// in one thread to the first instruction after the wait in the other. Negated errno.
int bench_futex_switch(int cpu, int64_t* switch_ns, int count);

}  // namespace creditlab
