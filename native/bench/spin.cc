#include "spin.h"

#include <string.h>
#include <sys/mman.h>

// A section of its own, so that the linker says where the function begins and ends. The function is copied to another
// place, so it may call nothing and refer to no data: what sanitizers would add to it does both.
#define COPYABLE \
  __attribute__((section("copyable_code"), noinline, noclone, no_sanitize("address", "thread", "undefined")))

extern "C" {
extern const char __start_copyable_code[] __attribute__((visibility("hidden")));
extern const char __stop_copyable_code[] __attribute__((visibility("hidden")));
}

namespace creditlab {
namespace {

Spin copy_of_spin() {
  const auto size = static_cast<size_t>(__stop_copyable_code - __start_copyable_code);
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  char* copy = static_cast<char*>(memory);
  memcpy(copy, __start_copyable_code, size);
  if (mprotect(copy, size, PROT_READ | PROT_EXEC) != 0) return nullptr;
  __builtin___clear_cache(copy, copy + size);
  const auto entry = reinterpret_cast<uintptr_t>(spin_and_watch) - reinterpret_cast<uintptr_t>(__start_copyable_code);
  return reinterpret_cast<Spin>(copy + entry);
}

}  // namespace

COPYABLE int spin_and_watch(uint64_t ticks, uint64_t threshold, Absence* absences, int capacity) {
  int count = 0;
  uint64_t before = cycle_counter();
  const uint64_t end = before + ticks;
  while (before < end) {
    const uint64_t now = cycle_counter();
    if (now - before > threshold && count < capacity) absences[count++] = {before, now};
    before = now;
  }
  return count;
}

Spin generated_spin() {
  static const Spin spin = copy_of_spin();
  return spin;
}

}  // namespace creditlab
