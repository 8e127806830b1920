#include "futex.h"

#include <atomic>
#include <thread>

#include "clock.h"
#include "doctest.h"
#include "wait_for.h"

using namespace creditlab;

TEST_CASE("times convert to timespec and back") {
  for (const int64_t ns : {int64_t{0}, int64_t{1}, kNsPerSecond - 1, kNsPerSecond, 5 * kNsPerSecond + 7})
    CHECK(to_ns(to_timespec(ns)) == ns);
  CHECK(to_timespec(3 * kNsPerSecond + 2).tv_sec == 3);
  CHECK(to_timespec(3 * kNsPerSecond + 2).tv_nsec == 2);
}

TEST_CASE("the monotonic clock never goes back") {
  int64_t before = monotonic_ns();
  for (int i = 0; i < 10'000; ++i) {
    const int64_t now = monotonic_ns();
    REQUIRE(now >= before);
    before = now;
  }
}

TEST_CASE("a thread's CPU clock stands while it sleeps and runs while it computes") {
  const int64_t cpu_before = own_cpu_ns();
  const int64_t before = monotonic_ns();
  test::sleep_ns(50'000'000);
  CHECK(own_cpu_ns() - cpu_before < (monotonic_ns() - before) / 2);

  const int64_t idle = own_cpu_ns();
  volatile uint64_t sum = 0;
  for (uint64_t i = 0; i < 1'000'000; ++i) sum = sum + i;
  CHECK(own_cpu_ns() > idle);
}

TEST_CASE("another thread's CPU clock can be read, until the thread is gone") {
  clockid_t clock{};
  std::atomic<bool> known{false};
  std::atomic<bool> end{false};
  std::thread other([&] {
    pthread_getcpuclockid(pthread_self(), &clock);
    known = true;
    while (!end) test::sleep_ns(100'000);
  });
  REQUIRE(test::wait_for([&] { return known.load(); }));
  CHECK(clock_ns(clock) >= 0);
  end = true;
  other.join();
  // The kernel takes a moment longer than join() to forget it.
  CHECK(test::wait_for([&] { return clock_ns(clock) == -1; }));
}

TEST_CASE("a futex whose word differs already is not waited for") {
  std::atomic<uint32_t> word{7};
  CHECK(futex_wait_until(word, 6, monotonic_ns() + 60 * kNsPerSecond) == -EAGAIN);
}

TEST_CASE("a futex wait ends at its deadline, never before") {
  std::atomic<uint32_t> word{0};
  const int64_t deadline = monotonic_ns() + 20'000'000;
  int rc;
  do {
    rc = futex_wait_until(word, 0, deadline);
  } while (rc == -EINTR || rc == 0);
  CHECK(rc == -ETIMEDOUT);
  CHECK(monotonic_ns() >= deadline);
}

TEST_CASE("a deadline that is over counts at once") {
  std::atomic<uint32_t> word{0};
  CHECK(futex_wait_until(word, 0, monotonic_ns() - 1) == -ETIMEDOUT);
}

TEST_CASE("a wake ends the wait") {
  std::atomic<uint32_t> word{0};
  std::atomic<bool> woken{false};
  std::thread waiter([&] {
    while (word == 0) futex_wait_until(word, 0, monotonic_ns() + 60 * kNsPerSecond);
    woken = true;
  });
  test::sleep_ns(10'000'000);
  CHECK_FALSE(woken);
  word = 1;
  futex_wake(word);
  CHECK(test::wait_for([&] { return woken.load(); }));
  waiter.join();
}
