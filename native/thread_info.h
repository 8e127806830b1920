// A thread's name, its scheduling class, and what the kernel counted for it.
#pragma once

#include <stdint.h>
#include <sys/types.h>

namespace creditlab {

// Shown by top -H and perf; the kernel keeps 15 characters. The calling thread.
int set_thread_name(const char* name);

struct SchedStats {
  int64_t cpu_ns;
  int64_t runq_wait_ns;  // runnable, but not on a core
  int64_t voluntary_switches;
  int64_t involuntary_switches;
};

// Negated errno; -ENOTSUP if this kernel keeps no such statistics.
int sched_stats(pid_t tid, SchedStats& stats);

enum class SchedClass { other, batch, idle, fifo };

// The calling thread. `slice_ns` is the request of an EEVDF kernel (Linux 6.12) for SCHED_OTHER and SCHED_BATCH; 0 leaves the default.
// Negated errno: -EPERM where FIFO isn't permitted.
int set_sched_class(SchedClass sched_class, int fifo_priority, int64_t slice_ns);

// Another thread gets only what nobody else wants of its core. An ordinary user can't take that back. Negated errno.
int set_idle_class(pid_t tid);

}  // namespace creditlab
