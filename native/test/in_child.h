// A process of its own, for what can't be undone or would disturb other tests.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include "doctest.h"

namespace creditlab::test {

// Calls `what` in a child process; it must not use doctest. Returns what it returned, 0 to 255; -1: the child died.
template <class What>
int in_child(What what) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) _exit(static_cast<int>(what()));
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace creditlab::test
