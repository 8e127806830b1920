#include "bench/futex_switch.h"

#include <errno.h>

#include <vector>

#include "affinity.h"
#include "doctest.h"
#include "host_cpus.h"

using namespace creditlab;

TEST_CASE("every switch takes some time") {
  std::vector<int64_t> switch_ns(1001, -1);
  REQUIRE(bench_futex_switch(test::host_cpus().front(), SchedClass::batch, switch_ns.data(),
                             static_cast<int>(switch_ns.size())) == 0);
  for (const int64_t ns : switch_ns) REQUIRE(ns > 0);
}

TEST_CASE("the caller stays where it was") {
  const auto before = test::host_cpus();
  std::vector<int64_t> switch_ns(10);
  REQUIRE(bench_futex_switch(before.back(), SchedClass::other, switch_ns.data(), 10) == 0);
  CHECK(test::host_cpus() == before);
}

TEST_CASE("a core that can't be had is reported") {
  std::vector<int64_t> switch_ns(4);
  CHECK(bench_futex_switch(kMaxHostCpus - 1, SchedClass::other, switch_ns.data(), 4) == -EINVAL);
}

TEST_CASE("no switches is no work") {
  CHECK(bench_futex_switch(test::host_cpus().front(), SchedClass::other, nullptr, 0) == 0);
}
