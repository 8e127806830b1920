#include "self_test.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "affinity.h"
#include "doctest.h"
#include "host_cpus.h"
#include "in_child.h"
#include "pause.h"

using namespace creditlab;
using test::host_cpus;
using test::in_child;

namespace {

// From now on this system call does nothing. It returns the error, or success if that is 0.
bool disable(long call, unsigned error) {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program{sizeof code / sizeof *code, code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

constexpr int kNoFilter = 255;

// The step at which the self-test fails without this call. It must report the same error.
int step_without(long call, unsigned error) {
  return in_child([=] {
    if (!disable(call, error)) return kNoFilter;
    const std::vector<int> cpus = host_cpus();
    const SelfTestResult result = self_test(cpus.data(), static_cast<int>(cpus.size()));
    return result.error == static_cast<int>(error) ? static_cast<int>(result.failed) : kNoFilter - 1;
  });
}

}  // namespace

TEST_CASE("where everything is permitted the self-test finds nothing") {
  const std::vector<int> cpus = host_cpus();
  cpu_set_t before;
  cpu_set_t after;
  REQUIRE(get_affinity(0, before) == 0);
  const SelfTestResult result = self_test(cpus.data(), static_cast<int>(cpus.size()));
  CHECK(result.failed == SelfTestStep::none);
  CHECK(result.error == 0);
  REQUIRE(get_affinity(0, after) == 0);
  CHECK(CPU_EQUAL(&before, &after));
}

TEST_CASE("it names a CPU that no thread can be pinned to") {
  const int cpus[] = {host_cpus()[0], kMaxHostCpus - 1};
  const SelfTestResult result = self_test(cpus, 2);
  CHECK(result.failed == SelfTestStep::pin);
  CHECK(result.error == EINVAL);
  CHECK(result.cpu == kMaxHostCpus - 1);
}

TEST_CASE("it notices a signal that is blocked") {
  CHECK(in_child([] {
          sigset_t all;
          sigfillset(&all);
          pthread_sigmask(SIG_BLOCK, &all, nullptr);
          return self_test(nullptr, 0).failed;
        }) == static_cast<int>(SelfTestStep::arrive));
}

TEST_CASE("it notices that no signal can be queued") {
  CHECK(in_child([] {
          const rlimit none{0, 0};
          setrlimit(RLIMIT_SIGPENDING, &none);
          const SelfTestResult result = self_test(nullptr, 0);
          return result.failed == SelfTestStep::send && result.error == EAGAIN;
        }) == 1);
}

TEST_CASE("it notices what a filter of system calls refuses, or only pretends to do") {
  struct Case {
    long call;
    unsigned error;
    SelfTestStep step;
  };
  const Case cases[] = {
      {SYS_rt_tgsigqueueinfo, EPERM, SelfTestStep::send},
      {SYS_rt_tgsigqueueinfo, 0, SelfTestStep::arrive},
      {SYS_timer_create, EPERM, SelfTestStep::create_timer},
      {SYS_timer_settime, EPERM, SelfTestStep::set_timer},
      {SYS_timer_settime, 0, SelfTestStep::fire},
      {SYS_sched_setaffinity, EPERM, SelfTestStep::pin},
      {SYS_sched_setaffinity, 0, SelfTestStep::stay_pinned},
  };
  for (const Case& each : cases) {
    CAPTURE(each.call);
    CAPTURE(each.error);
    // On a machine with one CPU every thread is pinned to it.
    if (each.step == SelfTestStep::stay_pinned && host_cpus().size() == 1) continue;
    const int step = step_without(each.call, each.error);
    if (step == kNoFilter) {
      MESSAGE("skipped: no filter of system calls is permitted here");
      return;
    }
    CHECK(step == static_cast<int>(each.step));
  }
}
