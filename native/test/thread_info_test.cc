#include "thread_info.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "clock.h"
#include "doctest.h"
#include "wait_for.h"

using namespace creditlab;

namespace {

std::string own_name() {
  char name[16] = {};
  prctl(PR_GET_NAME, name, 0UL, 0UL, 0UL);
  return name;
}

// In a thread of its own, so that no test inherits another's class.
template <class Body>
void in_thread(const Body& body) {
  std::thread(body).join();
}

}  // namespace

TEST_CASE("a thread's name is set, and cut at the kernel's 15 characters") {
  in_thread([] {
    CHECK(set_thread_name("A/v0") == 0);
    CHECK(own_name() == "A/v0");
    CHECK(set_thread_name("a-name-longer-than-that") == 0);
    CHECK(own_name() == "a-name-longer-t");
  });
}

TEST_CASE("the kernel's statistics count what the thread does") {
  in_thread([] {
    SchedStats before;
    const int rc = sched_stats(gettid(), before);
    if (rc == -ENOTSUP) {
      MESSAGE("skipped: this kernel keeps no scheduling statistics");
      return;
    }
    REQUIRE(rc == 0);
    const int64_t until = own_cpu_ns() + 20'000'000;
    while (own_cpu_ns() < until) continue;
    for (int i = 0; i < 5; ++i) test::sleep_ns(100'000);
    SchedStats after;
    REQUIRE(sched_stats(gettid(), after) == 0);
    CHECK(after.cpu_ns > before.cpu_ns);
    CHECK(after.runq_wait_ns >= before.runq_wait_ns);
    CHECK(after.voluntary_switches >= before.voluntary_switches + 5);
    CHECK(after.involuntary_switches >= before.involuntary_switches);
  });
}

TEST_CASE("a thread that doesn't exist has no statistics") {
  SchedStats stats;
  const int rc = sched_stats(0x7ffffff0, stats);
  CHECK((rc == -ENOENT || rc == -ENOTSUP));
}

TEST_CASE("the classes that need no privilege can be had") {
  in_thread([] {
    CHECK(set_sched_class(SchedClass::batch, 0, 0) == 0);
    CHECK(sched_getscheduler(0) == SCHED_BATCH);
    CHECK(set_sched_class(SchedClass::other, 0, 0) == 0);
    CHECK(sched_getscheduler(0) == SCHED_OTHER);
    CHECK(set_sched_class(SchedClass::idle, 0, 0) == 0);
    CHECK(sched_getscheduler(0) == SCHED_IDLE);
  });
}

TEST_CASE("asking for a slice is accepted, also by kernels that don't know slices") {
  in_thread([] {
    CHECK(set_sched_class(SchedClass::other, 0, 3'000'000) == 0);
    CHECK(sched_getscheduler(0) == SCHED_OTHER);
  });
}

TEST_CASE("FIFO works or isn't permitted") {
  in_thread([] {
    const int rc = set_sched_class(SchedClass::fifo, 1, 0);
    if (rc == 0) {
      CHECK(sched_getscheduler(0) == SCHED_FIFO);
      CHECK(set_sched_class(SchedClass::other, 0, 0) == 0);
    } else {
      CHECK(rc == -EPERM);
      CHECK(sched_getscheduler(0) == SCHED_OTHER);
    }
  });
}

TEST_CASE("a priority that FIFO doesn't have is an error") {
  in_thread([] {
    const int rc = set_sched_class(SchedClass::fifo, 1000, 0);
    CHECK((rc == -EINVAL || rc == -EPERM));
  });
}

TEST_CASE("another thread is made idle by its number; one that doesn't exist is an error") {
  in_thread([] {
    const pid_t tid = gettid();
    in_thread([tid] { CHECK(set_idle_class(tid) == 0); });
    CHECK(sched_getscheduler(0) == SCHED_IDLE);
  });
  CHECK(set_idle_class(0x7ffffff0) == -ESRCH);
}
