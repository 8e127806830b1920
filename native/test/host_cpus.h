// The host CPUs that this process may use.
#pragma once

#include <sched.h>

#include <vector>

#include "affinity.h"

namespace creditlab::test {

inline std::vector<int> host_cpus() {
  cpu_set_t allowed;
  std::vector<int> cpus;
  if (get_affinity(0, allowed) < 0) return cpus;
  for (size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &allowed)) cpus.push_back(static_cast<int>(cpu));
  return cpus;
}

// As many pCPUs as asked for; on a machine with fewer CPUs some of them share one.
inline std::vector<int> pcpus(size_t count) {
  const std::vector<int> cpus = host_cpus();
  std::vector<int> out;
  for (size_t p = 0; p < count; ++p) out.push_back(cpus[p % cpus.size()]);
  return out;
}

}  // namespace creditlab::test
