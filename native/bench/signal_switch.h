// The yardstick for the whole switch gap: what the gate's pause comes down to when nothing of the gate is left.
//
//      driver's CPU   signal to 0 ─┐            signal to 1 ─┐             every period
//      thread 0       ######| handler: wake 1, sleep         |   woken, handler returns |######
//      thread 1             |   woken, handler returns |######| handler: wake 0, sleep
//
// No word, no wish, no record, no safe point, no heartbeat: two system calls in the handler, as few as do it.
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

// Two threads spin in turns, as told by a third. Writes what each saw of its absences, at most `capacity` of them, and how many
// they were. Negated errno: then nothing was written.
int bench_signal_switch(const SignalSwitches& how, Absence* const absences[2], int capacity, int counts[2]);

}  // namespace creditlab
