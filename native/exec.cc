#include "exec.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

namespace creditlab {

int exec_again(const std::string& file, const std::vector<std::string>& argv, const std::vector<int>& keep) {
  std::vector<char*> pointers;
  pointers.reserve(argv.size() + 1);
  // execve() doesn't change the strings, although its type allows that.
  for (const auto& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  std::vector<int> flags;
  for (const int fd : keep) {
    flags.push_back(fcntl(fd, F_GETFD));
    fcntl(fd, F_SETFD, flags.back() & ~FD_CLOEXEC);
  }
  execve(file.c_str(), pointers.data(), environ);
  const int failure = -errno;
  for (size_t i = 0; i < keep.size(); ++i) fcntl(keep[i], F_SETFD, flags[i]);
  return failure;
}

}  // namespace creditlab
