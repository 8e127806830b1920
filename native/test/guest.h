// A vCPU thread for the gate's tests: it polls its wish instead of being signalled, and does as it is told.
#pragma once

#include <sched.h>

#include <atomic>
#include <thread>

#include "gate.h"
#include "wait_for.h"

namespace creditlab::test {

class Guest {
 public:
  enum class Order { none, block, yield, finish, leave };

  Guest(Gate& gate, int v) : gate_(gate), v_(v), thread_([this] { live(); }) {
    wait_for([this] { return attached_.load(); });
  }
  ~Guest() {
    if (thread_.joinable()) {
      gate_.release_all(Released::ended);
      thread_.join();
    }
  }

  // Carried out as soon as it has a core.
  void tell(Order order) { order_ = order; }
  // The pCPU that it runs on, -1 if on none.
  int running_on() const { return running_on_.load(); }
  // The host CPU that it was last seen on.
  int host_cpu() const { return host_cpu_.load(); }
  bool gets_to(int p) const {
    return wait_for([&] { return running_on() == p; });
  }
  bool gets_off() const { return gets_to(-1); }
  void join() { thread_.join(); }

 private:
  void live() {
    if (gate_.attach(v_) != 0) return;
    attached_ = true;
    if (gate_.enter(v_)) run();
    running_on_ = -1;
    gate_.detach(v_);
  }
  void run() {
    while (!gate_.dismissed(v_)) {
      host_cpu_ = sched_getcpu();
      running_on_ = gate_.vcpu(v_).pcpu;
      if (gate_.unwanted(v_)) {
        running_on_ = -1;
        gate_.pause(v_, 0);
        continue;
      }
      switch (order_.exchange(Order::none)) {
        case Order::none:
          sleep_ns(20'000);
          break;
        case Order::block:
          running_on_ = -1;
          gate_.block(v_, Exit::blocked, 123);
          break;
        case Order::yield:
          running_on_ = -1;
          gate_.block(v_, Exit::yielded, 0);
          break;
        case Order::finish:
          running_on_ = -1;
          gate_.finish(v_);
          return;
        case Order::leave:
          return;
      }
    }
  }

  Gate& gate_;
  const int v_;
  std::atomic<bool> attached_{false};
  std::atomic<Order> order_{Order::none};
  std::atomic<int> running_on_{-1};
  std::atomic<int> host_cpu_{-1};
  std::thread thread_;
};

}  // namespace creditlab::test
