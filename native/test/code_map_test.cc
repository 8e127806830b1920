#include "code_map.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include <memory>

#include "doctest.h"

using creditlab::CodeMap;

namespace {

PAUSABLE int twice(int n) { return n + n; }

int ordinary(int n) { return n + n; }

template <class Function>
uintptr_t address(Function* function) {
  return reinterpret_cast<uintptr_t>(function);
}

bool pausable(uintptr_t pc) {
  CodeMap::refresh();
  return CodeMap::pausable(pc);
}

}  // namespace

TEST_CASE("PAUSABLE functions are pausable") {
  CHECK(twice(21) == 42);
  CHECK(pausable(address(twice)));
}

TEST_CASE("ordinary code of the executable is not") {
  CHECK(ordinary(21) == 42);
  CHECK_FALSE(pausable(address(ordinary)));
  CHECK_FALSE(pausable(address(CodeMap::refresh)));
}

TEST_CASE("nor is the C library's") {
  CHECK_FALSE(pausable(address(memcpy)));
  CHECK_FALSE(pausable(reinterpret_cast<uintptr_t>(dlsym(RTLD_DEFAULT, "malloc"))));
  CHECK_FALSE(pausable(reinterpret_cast<uintptr_t>(dlsym(RTLD_DEFAULT, "pthread_mutex_lock"))));
}

TEST_CASE("nor the vDSO, which the kernel puts into every process") {
  // The program headers say how long its code is; the first page always holds some.
  const uintptr_t vdso = getauxval(AT_SYSINFO_EHDR);
  if (vdso == 0) return;
  CHECK_FALSE(pausable(vdso + 0x400));
}

TEST_CASE("nor the kernel's half of the addresses, with the vsyscall page") {
  CHECK_FALSE(pausable(0xffffffffff600000));
  CHECK_FALSE(pausable(0xffff800000000000));
}

TEST_CASE("generated code, in memory that belongs to no loaded object, is pausable") {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  void* code = mmap(nullptr, page, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (code == MAP_FAILED) return;  // a hardened kernel
  CHECK(pausable(reinterpret_cast<uintptr_t>(code)));
  munmap(code, page);
}

TEST_CASE("generated code is pausable at the top of the user's half, where arm64 maps it") {
  CHECK(pausable(0x0000ffffa0000000));
}

TEST_CASE("a library that was loaded later is known after the next refresh") {
  CodeMap::refresh();
  // A small library of the C library's that no test is linked to.
  void* library = dlopen("libBrokenLocale.so.1", RTLD_NOW);
  if (library == nullptr) {
    MESSAGE("skipped: this C library has no spare library to load");
    return;
  }
  void* symbol = dlsym(library, "__ctype_get_mb_cur_max");
  REQUIRE(symbol != nullptr);
  CHECK_FALSE(pausable(reinterpret_cast<uintptr_t>(symbol)));
}
