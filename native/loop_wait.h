// The loop's sleep: until an absolute instant, or until somebody kicks it.
#pragma once

#include <stdint.h>

namespace creditlab {

// Sets the calling thread's timer slack to 1 ns; the default of 50 µs would be most of the loop's lateness. Negated
// errno.
int sharpen_timers();

// Sleeps until `deadline_ns` (CLOCK_MONOTONIC), for a second at most, or until a kick, whichever comes first. A kick
// since the last call counts. Keeps the gate's heartbeat alive meanwhile. True: kicked.
bool wait_for_kick(int64_t deadline_ns);

// The same for the loop of a run. While a vCPU is owed a signal that the kernel refused, sends it again every
// millisecond.
bool wait_and_resend_pause_signals(int64_t deadline_ns);

}  // namespace creditlab
