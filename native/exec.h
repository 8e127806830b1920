// The same process begins anew with other arguments.
#pragma once

#include <string>
#include <vector>

namespace creditlab {

// Replaces this process by `file` with the arguments `argv` (its own name first) and the environment as it is. Pid,
// terminal, signal mask and limits stay, other threads end, and no second process is made. The files in `keep` stay
// open, even if they are marked close-on-exec: Node marks all, the standard streams included. Returns only if it
// failed, with a negated errno; then nothing has changed.
int exec_again(const std::string& file, const std::vector<std::string>& argv, const std::vector<int>& keep);

}  // namespace creditlab
