#include "self_test.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "affinity.h"
#include "clock.h"
#include "pause.h"

namespace creditlab {
namespace {

constexpr int64_t kTimerNs = 100'000;
constexpr int64_t kPatienceNs = 1'000'000'000;
constexpr SelfTestResult kGood{SelfTestStep::none, 0, -1};

struct Job {
  const int* cpus;
  int count;
  SelfTestResult result;
};

SelfTestResult failed(SelfTestStep step, int error, int cpu = -1) { return {step, error, cpu}; }

bool heard_after(uint64_t before) {
  const int64_t deadline = monotonic_ns() + kPatienceNs;
  while (self_tests_heard() == before) {
    if (monotonic_ns() >= deadline) return false;
    const timespec nap = to_timespec(kTimerNs);
    nanosleep(&nap, nullptr);  // the signal ends it
  }
  return true;
}

SelfTestResult test_signal() {
  const uint64_t before = self_tests_heard();
  if (const int rc = queue_pause_signal(static_cast<pid_t>(syscall(SYS_gettid)), kSelfTest); rc < 0)
    return failed(SelfTestStep::send, -rc);
  return heard_after(before) ? kGood : failed(SelfTestStep::arrive, 0);
}

SelfTestResult test_timer() {
  timer_t timer;
  if (const int rc = create_pause_timer(kSelfTest, &timer); rc < 0) return failed(SelfTestStep::create_timer, -rc);
  const uint64_t before = self_tests_heard();
  itimerspec spec{};
  spec.it_value = to_timespec(kTimerNs);
  SelfTestResult result = kGood;
  if (timer_settime(timer, 0, &spec, nullptr) != 0) {
    result = failed(SelfTestStep::set_timer, errno);
  } else if (!heard_after(before)) {
    result = failed(SelfTestStep::fire, 0);
  }
  timer_delete(timer);
  return result;
}

SelfTestResult test_pinning(int cpu) {
  if (const int rc = set_affinity(0, cpu); rc < 0) return failed(SelfTestStep::pin, -rc, cpu);
  cpu_set_t now;
  if (const int rc = get_affinity(0, now); rc < 0) return failed(SelfTestStep::stay_pinned, -rc, cpu);
  const bool alone = CPU_COUNT(&now) == 1 && CPU_ISSET(static_cast<size_t>(cpu), &now);
  return alone && sched_getcpu() == cpu ? kGood : failed(SelfTestStep::stay_pinned, 0, cpu);
}

SelfTestResult test_all(const Job& job) {
  SelfTestResult result = test_signal();
  if (result.failed == SelfTestStep::none) result = test_timer();
  for (int i = 0; i < job.count && result.failed == SelfTestStep::none; ++i) result = test_pinning(job.cpus[i]);
  return result;
}

void* work(void* argument) {
  Job& job = *static_cast<Job*>(argument);
  job.result = test_all(job);
  return nullptr;
}

}  // namespace

SelfTestResult self_test(const int* cpus, int count) {
  if (const int rc = install_pause_handler(); rc < 0) return failed(SelfTestStep::install, -rc);
  Job job{cpus, count, kGood};
  pthread_t thread;
  if (const int error = pthread_create(&thread, nullptr, work, &job); error != 0)
    return failed(SelfTestStep::thread, error);
  pthread_join(thread, nullptr);
  return job.result;
}

}  // namespace creditlab
