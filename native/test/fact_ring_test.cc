#include "fact_ring.h"

#include <memory>
#include <thread>

#include "doctest.h"

using creditlab::Fact;
using creditlab::FactKind;
using creditlab::FactRing;

namespace {

Fact numbered(int64_t n) {
  return {.time_ns = n,
          .cpu_ns = 2 * n,
          .vcpu = static_cast<int32_t>(n % 7),
          .kind = FactKind::pause,
          .next = static_cast<int32_t>(n % 5),
          .late_ns = -n};
}

}  // namespace

TEST_CASE("facts come out as they went in, in order") {
  const auto ring = std::make_unique<FactRing>();
  for (int64_t n = 0; n < 3; ++n) ring->write(numbered(n));
  Fact fact;
  for (int64_t n = 0; n < 3; ++n) {
    REQUIRE(ring->read(fact));
    CHECK(fact.time_ns == n);
    CHECK(fact.cpu_ns == 2 * n);
    CHECK(fact.vcpu == n % 7);
    CHECK(fact.kind == FactKind::pause);
    CHECK(fact.next == n % 5);
    CHECK(fact.late_ns == -n);
  }
  CHECK_FALSE(ring->read(fact));
}

TEST_CASE("a full ring keeps the old facts and counts the new ones that it drops") {
  const auto ring = std::make_unique<FactRing>();
  for (int64_t n = 0; n < FactRing::kCapacity + 5; ++n) ring->write(numbered(n));
  CHECK(ring->dropped() == 5);
  Fact fact;
  int64_t read = 0;
  while (ring->read(fact)) REQUIRE(fact.time_ns == read++);
  CHECK(read == FactRing::kCapacity);
}

TEST_CASE("a cleared ring is empty and has dropped nothing") {
  const auto ring = std::make_unique<FactRing>();
  for (int64_t n = 0; n < FactRing::kCapacity + 1; ++n) ring->write(numbered(n));
  ring->clear();
  Fact fact;
  CHECK_FALSE(ring->read(fact));
  CHECK(ring->dropped() == 0);
  ring->write(numbered(42));
  REQUIRE(ring->read(fact));
  CHECK(fact.time_ns == 42);
}

TEST_CASE("a reader beside the writer sees whole facts, and every one is read or counted as dropped") {
  constexpr int64_t kFacts = 300'000;
  const auto ring = std::make_unique<FactRing>();
  std::thread writer([&] {
    for (int64_t n = 0; n < kFacts; ++n) ring->write(numbered(n));
  });
  int64_t read = 0;
  int64_t last = -1;
  bool whole = true;
  bool ordered = true;
  Fact fact;
  while (last != kFacts - 1 && read + static_cast<int64_t>(ring->dropped()) < kFacts) {
    if (!ring->read(fact)) {
      std::this_thread::yield();
      continue;
    }
    ++read;
    ordered = ordered && fact.time_ns > last;
    whole = whole && fact.cpu_ns == 2 * fact.time_ns && fact.late_ns == -fact.time_ns;
    last = fact.time_ns;
  }
  writer.join();
  while (ring->read(fact)) ++read;
  CHECK(whole);
  CHECK(ordered);
  CHECK(read + static_cast<int64_t>(ring->dropped()) == kFacts);
}
