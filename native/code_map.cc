#include "code_map.h"

#include <link.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <vector>

extern "C" {
// Set by the linker around the section; weak, because an executable may have no PAUSABLE function.
extern const char __start_pausable_code[] __attribute__((weak, visibility("hidden")));
extern const char __stop_pausable_code[] __attribute__((weak, visibility("hidden")));
}

namespace creditlab {
namespace {

struct Range {
  uintptr_t begin;
  uintptr_t end;
  bool operator==(const Range& o) const { return begin == o.begin && end == o.end; }
};
using Ranges = std::vector<Range>;

std::atomic<const Ranges*> current{nullptr};
std::mutex refreshing;

int add_executable_segments(dl_phdr_info* info, size_t, void* out) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    const uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
    static_cast<Ranges*>(out)->push_back({begin, begin + segment.p_memsz});
  }
  return 0;
}

// The upper half is the kernel's, and on x86-64 has the vsyscall page. How far up user memory reaches depends on the
// machine (47 bits on most x86-64, 48 on most arm64, more on some), but never into it.
constexpr uintptr_t kUserEnd = uintptr_t{1} << 63;

}  // namespace

void CodeMap::refresh() {
  const std::lock_guard<std::mutex> lock(refreshing);
  Ranges fresh;
  dl_iterate_phdr(add_executable_segments, &fresh);
  std::sort(fresh.begin(), fresh.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
  const Ranges* old = current.load();
  if (old != nullptr && *old == fresh) return;
  // The old map is never freed: a handler may be reading it. A process loads libraries a handful of times only.
  static auto& kept = *new std::vector<const Ranges*>;
  kept.push_back(new Ranges(std::move(fresh)));
  current.store(kept.back());
}

bool CodeMap::pausable(uintptr_t pc) {
  const auto start = reinterpret_cast<uintptr_t>(__start_pausable_code);
  const auto stop = reinterpret_cast<uintptr_t>(__stop_pausable_code);
  if (start != 0 && pc >= start && pc < stop) return true;
  const Ranges* ranges = current.load(std::memory_order_acquire);
  if (ranges == nullptr || pc >= kUserEnd) return false;
  size_t low = 0;
  size_t high = ranges->size();
  while (low < high) {
    const size_t mid = (low + high) / 2;
    if ((*ranges)[mid].end <= pc) {
      low = mid + 1;
    } else {
      high = mid;
    }
  }
  return low == ranges->size() || pc < (*ranges)[low].begin;
}

}  // namespace creditlab
