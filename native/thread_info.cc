#include "thread_info.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace creditlab {
namespace {

// The kernel's struct sched_attr, first version; older C libraries don't declare it.
struct SchedAttr {
  uint32_t size;
  uint32_t policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime;
  uint64_t deadline;
  uint64_t period;
};

int read_schedstat(pid_t tid, SchedStats& stats) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/schedstat", tid);
  FILE* file = fopen(path, "re");
  if (file == nullptr) return errno == ENOENT && access("/proc/self/schedstat", F_OK) != 0 ? -ENOTSUP : -errno;
  long long cpu = 0;
  long long wait = 0;
  const int n = fscanf(file, "%lld %lld", &cpu, &wait);
  fclose(file);
  stats.cpu_ns = cpu;
  stats.runq_wait_ns = wait;
  return n == 2 ? 0 : -ENOTSUP;
}

int read_status(pid_t tid, SchedStats& stats) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/status", tid);
  FILE* file = fopen(path, "re");
  if (file == nullptr) return -errno;
  stats.voluntary_switches = stats.involuntary_switches = -1;
  char line[256];
  while (fgets(line, sizeof line, file) != nullptr) {
    long long n = 0;
    if (sscanf(line, "voluntary_ctxt_switches: %lld", &n) == 1) stats.voluntary_switches = n;
    if (sscanf(line, "nonvoluntary_ctxt_switches: %lld", &n) == 1) stats.involuntary_switches = n;
  }
  fclose(file);
  return stats.involuntary_switches < 0 ? -ENOTSUP : 0;
}

}  // namespace

int set_thread_name(const char* name) { return prctl(PR_SET_NAME, name, 0UL, 0UL, 0UL) == 0 ? 0 : -errno; }

int sched_stats(pid_t tid, SchedStats& stats) {
  if (const int rc = read_schedstat(tid, stats); rc < 0) return rc;
  return read_status(tid, stats);
}

int set_sched_class(SchedClass sched_class, int fifo_priority, int64_t slice_ns) {
  SchedAttr attr{};
  attr.size = sizeof attr;
  attr.nice = getpriority(PRIO_PROCESS, 0);  // this thread's, unchanged
  switch (sched_class) {
    case SchedClass::other:
      attr.policy = SCHED_OTHER;
      break;
    case SchedClass::batch:
      attr.policy = SCHED_BATCH;
      break;
    case SchedClass::idle:
      attr.policy = SCHED_IDLE;
      break;
    case SchedClass::fifo:
      attr.policy = SCHED_FIFO;
      attr.priority = static_cast<uint32_t>(fifo_priority);
      break;
  }
  if (sched_class == SchedClass::other || sched_class == SchedClass::batch)
    attr.runtime = static_cast<uint64_t>(slice_ns);
  return syscall(SYS_sched_setattr, 0, &attr, 0) == 0 ? 0 : -errno;
}

int set_idle_class(pid_t tid) {
  const sched_param param{};
  return sched_setscheduler(tid, SCHED_IDLE, &param) == 0 ? 0 : -errno;
}

}  // namespace creditlab
