// Is an interrupted instruction in generated code?
//
// A thread that is paused inside libc, Node or V8 may hold a lock that the whole process needs. Generated code (JIT,
// WebAssembly) holds none. It is told apart by where it lies: in memory that belongs to no loaded ELF object. Functions
// that are linked with this file and marked PAUSABLE count as generated code: the native tests' guests.
#pragma once

#include <stdint.h>

// Takes no lock, allocates nothing, calls nothing that is not PAUSABLE itself.
#define PAUSABLE __attribute__((section("pausable_code"), noinline))

namespace creditlab {

class CodeMap {
 public:
  // Reads the list of loaded objects. Call it again after a library was loaded, and never inside a handler; a handler
  // that reads meanwhile sees the old map or the new one.
  static void refresh();
  // Safe inside a signal handler.
  static bool pausable(uintptr_t pc);
};

}  // namespace creditlab
