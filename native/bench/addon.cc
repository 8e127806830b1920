// The yardsticks that only the benches need, in an addon of their own (scripts/bench/yardsticks.ts): numbers in,
// numbers out. A failure is a negated errno.
#include <errno.h>
#include <napi.h>

#include <vector>

#include "futex_switch.h"
#include "signal_switch.h"
#include "spin.h"
#include "timer_lateness.h"

namespace {

using Args = Napi::CallbackInfo;

int int_arg(const Args& args, size_t i) { return args[i].As<Napi::Number>().Int32Value(); }
int64_t int64_arg(const Args& args, size_t i) { return args[i].As<Napi::Number>().Int64Value(); }
Napi::Value number(const Args& args, double value) { return Napi::Number::New(args.Env(), value); }

void copy(const std::vector<int64_t>& from, Napi::Float64Array to) {
  for (size_t i = 0; i < from.size(); ++i) to[i] = static_cast<double>(from[i]);
}

// (cpu, class, out)
Napi::Value FutexSwitch(const Args& args) {
  const auto out = args[2].As<Napi::Float64Array>();
  std::vector<int64_t> switch_ns(out.ElementLength());
  const int rc = creditlab::bench_futex_switch(int_arg(args, 0), static_cast<creditlab::SchedClass>(int_arg(args, 1)),
                                               switch_ns.data(), static_cast<int>(switch_ns.size()));
  copy(switch_ns, out);
  return number(args, rc);
}

Napi::Value CycleCounter(const Args& args) { return number(args, static_cast<double>(creditlab::cycle_counter())); }

static_assert(sizeof(creditlab::Absence) == 2 * sizeof(uint64_t));
creditlab::Absence* absences_in(Napi::BigUint64Array array) {
  return reinterpret_cast<creditlab::Absence*>(array.Data());
}

// (ticks, thresholdTicks, out): fills (last before, first after) × n, returns n
Napi::Value SpinAndWatch(const Args& args) {
  const creditlab::Spin spin = creditlab::generated_spin();
  if (spin == nullptr) return number(args, -EPERM);
  const auto out = args[2].As<Napi::BigUint64Array>();
  return number(args, spin(static_cast<uint64_t>(int64_arg(args, 0)), static_cast<uint64_t>(int64_arg(args, 1)),
                           absences_in(out), static_cast<int>(out.ElementLength() / 2)));
}

// (cpu, driverCpu, sliceNs, periodNs, ticks, thresholdTicks, out0, out1, counts)
// Absences as (last before, first after) × n.
Napi::Value SignalSwitch(const Args& args) {
  const creditlab::SignalSwitches how{.cpu = int_arg(args, 0),
                                      .driver_cpu = int_arg(args, 1),
                                      .slice_ns = int64_arg(args, 2),
                                      .period_ns = int64_arg(args, 3),
                                      .ticks = static_cast<uint64_t>(int64_arg(args, 4)),
                                      .threshold = static_cast<uint64_t>(int64_arg(args, 5))};
  auto first = args[6].As<Napi::BigUint64Array>();
  auto second = args[7].As<Napi::BigUint64Array>();
  auto counts = args[8].As<Napi::Int32Array>();
  creditlab::Absence* const absences[2] = {absences_in(first), absences_in(second)};
  return number(
      args, creditlab::bench_signal_switch(how, absences, static_cast<int>(first.ElementLength() / 2), counts.Data()));
}

// (cpus, hogSliceNs, class, fifoPriority, sliceNs, periodNs, out)
Napi::Value TimerLateness(const Args& args) {
  const auto cpus = args[0].As<Napi::Int32Array>();
  const auto out = args[6].As<Napi::Float64Array>();
  const creditlab::TimerWaits how{.cpus = cpus.Data(),
                                  .cpu_count = static_cast<int>(cpus.ElementLength()),
                                  .hog_slice_ns = int64_arg(args, 1),
                                  .timer_class = static_cast<creditlab::SchedClass>(int_arg(args, 2)),
                                  .fifo_priority = int_arg(args, 3),
                                  .slice_ns = int64_arg(args, 4),
                                  .period_ns = int64_arg(args, 5)};
  std::vector<int64_t> late_ns(out.ElementLength());
  const int rc = creditlab::bench_timer_lateness(how, late_ns.data(), static_cast<int>(late_ns.size()));
  copy(late_ns, out);
  return number(args, rc);
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("cycleCounter", Napi::Function::New(env, CycleCounter, "cycleCounter"));
  exports.Set("spinAndWatch", Napi::Function::New(env, SpinAndWatch, "spinAndWatch"));
  exports.Set("futexSwitch", Napi::Function::New(env, FutexSwitch, "futexSwitch"));
  exports.Set("signalSwitch", Napi::Function::New(env, SignalSwitch, "signalSwitch"));
  exports.Set("timerLateness", Napi::Function::New(env, TimerLateness, "timerLateness"));
  return exports;
}

}  // namespace

NODE_API_MODULE(creditlab_bench, Init)
