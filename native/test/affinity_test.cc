#include "affinity.h"

#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "doctest.h"
#include "host_cpus.h"
#include "wait_for.h"

using namespace creditlab;

TEST_CASE("a thread that is pinned runs where it was pinned") {
  for (const int cpu : test::host_cpus()) {
    std::thread([cpu] {
      REQUIRE(set_affinity(0, cpu) == 0);
      CHECK(sched_getcpu() == cpu);
      CHECK(test::host_cpus() == std::vector<int>{cpu});
    }).join();
  }
}

TEST_CASE("another thread is pinned by its id, and its former mask can be given back") {
  std::atomic<pid_t> tid{0};
  std::atomic<bool> end{false};
  std::thread other([&] {
    tid = gettid();
    while (!end) test::sleep_ns(100'000);
  });
  REQUIRE(test::wait_for([&] { return tid != 0; }));

  cpu_set_t before;
  REQUIRE(get_affinity(tid, before) == 0);
  const int cpu = test::host_cpus().back();
  REQUIRE(set_affinity(tid, cpu) == 0);
  cpu_set_t pinned;
  REQUIRE(get_affinity(tid, pinned) == 0);
  CHECK(CPU_COUNT(&pinned) == 1);
  CHECK(CPU_ISSET(static_cast<size_t>(cpu), &pinned));

  REQUIRE(set_affinity(tid, before) == 0);
  cpu_set_t after;
  REQUIRE(get_affinity(tid, after) == 0);
  CHECK(CPU_EQUAL(&before, &after));
  end = true;
  other.join();
}

TEST_CASE("a CPU that can't be is an invalid argument") {
  CHECK(set_affinity(0, -1) == -EINVAL);
  CHECK(set_affinity(0, kMaxHostCpus) == -EINVAL);
  CHECK(set_affinity(0, kMaxHostCpus - 1) == -EINVAL);
}

TEST_CASE("a thread that doesn't exist is reported") {
  constexpr pid_t kNobody = 0x7ffffff0;
  cpu_set_t cpus;
  CHECK(set_affinity(kNobody, test::host_cpus().front()) == -ESRCH);
  CHECK(get_affinity(kNobody, cpus) == -ESRCH);
}
