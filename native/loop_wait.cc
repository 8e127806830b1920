#include "loop_wait.h"

#include <errno.h>
#include <sys/prctl.h>

#include "clock.h"
#include "futex.h"
#include "gate.h"
#include "pause.h"

namespace creditlab {
namespace {
// Well below Gate::kLookNs, so that no vCPU takes a live loop for a dead one.
constexpr int64_t kBeatNs = 100'000'000;
// A wait returns to JavaScript at least this often: only there can a worker thread be ended from outside.
constexpr int64_t kLongestNs = 1'000'000'000;
constexpr int64_t kRepeatNs = 1'000'000;
uint32_t seen = 0;  // the loop's thread only
}  // namespace

int sharpen_timers() { return prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL) == 0 ? 0 : -errno; }

bool wait_for_kick(int64_t deadline_ns) {
  auto& kicks = gate().kicks();
  const int64_t longest = monotonic_ns() + kLongestNs;
  if (deadline_ns > longest) deadline_ns = longest;
  for (;;) {
    gate().beat();
    const uint32_t now_seen = kicks.load();
    if (now_seen != seen) {
      seen = now_seen;
      return true;
    }
    const int64_t now = monotonic_ns();
    if (now >= deadline_ns) return false;
    const int64_t chunk = deadline_ns - now < kBeatNs ? deadline_ns : now + kBeatNs;
    futex_wait_until(kicks, seen, chunk);
  }
}

bool wait_and_resend_pause_signals(int64_t deadline_ns) {
  while (resend_pause_signals() > 0) {
    const int64_t soon = monotonic_ns() + kRepeatNs;
    if (soon >= deadline_ns) break;
    if (wait_for_kick(soon)) return true;
  }
  return wait_for_kick(deadline_ns);
}

}  // namespace creditlab
