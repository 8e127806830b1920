// A thread's name, its scheduling class, and what the kernel counted for it.
#pragma once

#include <stdint.h>
#include <sys/types.h>

namespace creditlab {

// Of the calling thread. top -H and perf show it; the kernel keeps 15 characters. Negated errno.
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

// Of the calling thread. For SCHED_OTHER and SCHED_BATCH, `slice_ns` is the slice that it asks an EEVDF kernel for
// (Linux 6.12); 0 leaves the default. Negated errno: -EPERM where FIFO isn't permitted.
int set_sched_class(SchedClass sched_class, int fifo_priority, int64_t slice_ns);

// Of any thread: it runs only when no other thread wants its core. An ordinary user can't undo this. Negated errno.
int set_idle_class(pid_t tid);

}  // namespace creditlab
