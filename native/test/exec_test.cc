#include "exec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "doctest.h"

using namespace creditlab;

namespace {

constexpr int kKept = 8;
constexpr int kClosed = 9;

struct Ended {
  std::string output;
  int status;
  bool is_same_pid;
};

// In a child, because exec_again() doesn't return. The child has a second thread then, as Node has.
Ended exec_in_child(const std::vector<std::string>& argv) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], kKept);
    dup2(ends[1], kClosed);
    for (const int fd : {STDOUT_FILENO, kKept, kClosed}) fcntl(fd, F_SETFD, FD_CLOEXEC);
    std::thread other([] { pause(); });
    exec_again("/bin/sh", argv, {STDOUT_FILENO, kKept});
    _exit(99);
  }
  close(ends[1]);
  Ended ended{};
  char buffer[256];
  for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;) ended.output.append(buffer, static_cast<size_t>(n));
  close(ends[0]);
  waitpid(pid, &ended.status, 0);
  ended.is_same_pid = ended.output.rfind(std::to_string(pid) + "\n", 0) == 0;
  return ended;
}

}  // namespace

TEST_CASE("the process goes on as another program, with the same pid and every argument as it was") {
  const auto ended = exec_in_child({"sh", "-c", "echo $$; echo \"$1|$2|$3\"; exit 7", "sh", "a b", "", "é\"'"});
  CHECK(ended.is_same_pid);
  CHECK(ended.output.find("\na b||é\"'\n") != std::string::npos);
  CHECK(WIFEXITED(ended.status));
  CHECK(WEXITSTATUS(ended.status) == 7);
}

TEST_CASE("files that are to stay open do, although they are marked to be closed, and others don't") {
  const auto ended = exec_in_child({"sh", "-c", "echo $$; echo kept >&8; (echo closed >&9) 2>/dev/null"});
  CHECK(ended.output.find("kept\n") != std::string::npos);
  CHECK(ended.output.find("closed") == std::string::npos);
}

TEST_CASE("a program that isn't there is an error, and the process goes on as it was") {
  const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  CHECK(exec_again("/no/such/program", {"program"}, {fd}) == -ENOENT);
  CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
  close(fd);
}
