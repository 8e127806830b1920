#include "futex_switch.h"

#include <atomic>
#include <thread>

#include "affinity.h"
#include "clock.h"
#include "futex.h"

namespace creditlab {
namespace {

struct PingPong {
  alignas(64) std::atomic<uint32_t> go[2] = {};
  int64_t left_ns = 0;  // handed over with the turn
};

void take_turn(std::atomic<uint32_t>& go) {
  while (go.exchange(0) == 0) futex_wait_until(go, 0, monotonic_ns() + kNsPerSecond);
}

void give_turn(PingPong& shared, int to) {
  shared.left_ns = monotonic_ns();
  shared.go[to] = 1;
  futex_wake(shared.go[to]);
}

}  // namespace

int bench_futex_switch(int cpu, SchedClass sched_class, int64_t* switch_ns, int count) {
  PingPong shared;
  int rc = 0;
  const auto play = [&](int me) {
    if (const int failed = set_affinity(0, cpu); failed < 0 && me == 0) rc = failed;
    if (const int failed = set_sched_class(sched_class, 0, 0); failed < 0 && me == 0) rc = failed;
    for (int i = me; i < count; i += 2) {
      take_turn(shared.go[me]);
      switch_ns[i] = monotonic_ns() - shared.left_ns;
      give_turn(shared, 1 - me);
    }
  };
  std::thread first(play, 0);
  std::thread second(play, 1);
  give_turn(shared, 0);
  first.join();
  second.join();
  return rc;
}

}  // namespace creditlab
