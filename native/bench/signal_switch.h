// The yardstick for the whole switch gap: a pause by signal without the gate.
//
//      driver's CPU   signal to 0 ─┐            signal to 1 ─┐             every period
//      thread 0       ######| handler: wake 1, sleep         |   woken, handler returns |######
//      thread 1             |   woken, handler returns |######| handler: wake 0, sleep
//
// No word, no wish, no record, no safe point, no heartbeat: the handler makes two system calls, and fewer won't do.
#pragma once

#include <stdint.h>

#include "spin.h"

namespace creditlab {

struct SignalSwitches {
  int cpu;             // both spinning threads
  int driver_cpu;      // -1: wherever the kernel puts it
  int64_t slice_ns;    // of the spinning threads, which are in SCHED_BATCH as the lab's vCPUs are
  int64_t period_ns;   // between two signals
  uint64_t ticks;      // of the cycle counter: how long the threads spin
  uint64_t threshold;  // ticks: two readings that lie further apart are an absence
};

// Two threads spin in turns, and a third one signals whose turn it is. Writes the absences that each saw, at most
// `capacity` of them, and their numbers. Negated errno: then nothing was written.
int bench_signal_switch(const SignalSwitches& how, Absence* const absences[2], int capacity, int counts[2]);

}  // namespace creditlab
