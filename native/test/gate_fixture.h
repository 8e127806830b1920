// A gate of its own, with two pCPUs, for tests of the gate without signals.
#pragma once

#include <memory>
#include <vector>

#include "doctest.h"
#include "gate.h"
#include "host_cpus.h"
#include "wait_for.h"

namespace creditlab::test {

// Its guests poll their wish.
inline void no_signal(int) {}

struct GateFixture {
  GateFixture() { REQUIRE(gate.reset(cpus.data(), 2, no_signal) == 0); }
  ~GateFixture() { CHECK(gate.violations() == 0); }

  State state(int v) const { return gate.vcpu(v).state; }
  int next_exit(Exit& why) {
    int v = kNone;
    wait_for([&] { return (v = gate.next_exit(why)) != kNone; });
    return v;
  }
  std::vector<Fact> facts(int p) {
    std::vector<Fact> out;
    Fact fact;
    while (gate.pcpu(p).facts.read(fact)) out.push_back(fact);
    return out;
  }

  std::vector<int> cpus = pcpus(2);
  std::unique_ptr<Gate> owner = std::make_unique<Gate>();
  Gate& gate = *owner;
};

}  // namespace creditlab::test
