// Which host CPUs a thread may run on. Safe inside a signal handler.
#pragma once

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace creditlab {

constexpr int kMaxHostCpus = 1024;

// The kernel calls, not the library's wrappers, which promise nothing about signal handlers. Negated errno on failure.
inline int set_affinity(pid_t tid, const cpu_set_t& cpus) {
  return syscall(SYS_sched_setaffinity, tid, sizeof cpus, &cpus) < 0 ? -errno : 0;
}

inline int set_affinity(pid_t tid, int cpu) {
  if (cpu < 0 || cpu >= kMaxHostCpus) return -EINVAL;
  cpu_set_t cpus;
  memset(&cpus, 0, sizeof cpus);
  CPU_SET(static_cast<size_t>(cpu), &cpus);
  return set_affinity(tid, cpus);
}

inline int get_affinity(pid_t tid, cpu_set_t& cpus) {
  memset(&cpus, 0, sizeof cpus);
  return syscall(SYS_sched_getaffinity, tid, sizeof cpus, &cpus) < 0 ? -errno : 0;
}

}  // namespace creditlab
