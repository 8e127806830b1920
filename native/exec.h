// The same process begins anew with other arguments.
#pragma once

#include <string>
#include <vector>

namespace creditlab {

// Replaces this process by `file` with the arguments `argv` (its own name first) and the environment as it is: pid,
// terminal, signal mask and limits stay, other threads end, and no second process is made. Of the open files those in
// `keep` stay open, whatever became of their close-on-exec flag: Node sets it on all, the standard streams included.
// Doesn't return unless it failed, with a negated errno; then nothing has changed.
int exec_again(const std::string& file, const std::vector<std::string>& argv, const std::vector<int>& keep);

}  // namespace creditlab
