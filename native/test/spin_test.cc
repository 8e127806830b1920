#include "bench/spin.h"

#include <vector>

#include "code_map.h"
#include "doctest.h"

using namespace creditlab;

TEST_CASE("the counter counts") {
  const uint64_t before = cycle_counter();
  volatile uint64_t sum = 0;
  for (uint64_t i = 0; i < 100'000; ++i) sum = sum + i;
  CHECK(cycle_counter() > before);
}

TEST_CASE("a spin lasts at least as long as asked") {
  const uint64_t before = cycle_counter();
  Absence none[1];
  spin_and_watch(1'000'000, UINT64_MAX, none, 1);
  CHECK(cycle_counter() - before >= 1'000'000);
}

TEST_CASE("absences are disjoint, in order, longer than the threshold, and no more than there is room for") {
  // With no threshold every pair of readings that differ is an absence.
  std::vector<Absence> absences(50);
  const int count = spin_and_watch(10'000'000, 0, absences.data(), 50);
  REQUIRE(count > 0);
  REQUIRE(count <= 50);
  for (int i = 0; i < count; ++i) {
    REQUIRE(absences[static_cast<size_t>(i)].first_after > absences[static_cast<size_t>(i)].last_before);
    if (i > 0)
      REQUIRE(absences[static_cast<size_t>(i)].last_before >= absences[static_cast<size_t>(i) - 1].first_after);
  }
}

TEST_CASE("the generated spinner does the same, in code that may be paused") {
  const Spin spin = generated_spin();
  if (spin == nullptr) return;  // a hardened kernel
  const bool is_same = spin == generated_spin();
  CHECK(is_same);
  CodeMap::refresh();
  CHECK(CodeMap::pausable(reinterpret_cast<uintptr_t>(spin)));
  CHECK_FALSE(CodeMap::pausable(reinterpret_cast<uintptr_t>(spin_and_watch)));
  const uint64_t before = cycle_counter();
  std::vector<Absence> absences(50);
  const int count = spin(10'000'000, 0, absences.data(), 50);
  CHECK(cycle_counter() - before >= 10'000'000);
  REQUIRE(count > 0);
  REQUIRE(count <= 50);
  for (const auto& [last_before, first_after] : absences) CHECK(last_before <= first_after);
}
