// The only file that knows N-API: numbers in, numbers out. JavaScript validates and has the defaults
// (src/addon/native.ts). A failure is a negated errno. Times are ns since the origin that arm() sets.
#include <napi.h>

#include <atomic>
#include <string>
#include <vector>

#include "affinity.h"
#include "clock.h"
#include "code_map.h"
#include "exec.h"
#include "gate.h"
#include "loop_wait.h"
#include "pause.h"
#include "self_test.h"
#include "thread_info.h"

namespace {

using creditlab::gate;
using creditlab::kNone;
using Args = Napi::CallbackInfo;

std::atomic<int64_t> origin_ns{0};

int int_arg(const Args& args, size_t i) { return args[i].As<Napi::Number>().Int32Value(); }
int64_t int64_arg(const Args& args, size_t i) { return args[i].As<Napi::Number>().Int64Value(); }
Napi::Value number(const Args& args, double value) { return Napi::Number::New(args.Env(), value); }
Napi::Value boolean(const Args& args, bool value) { return Napi::Boolean::New(args.Env(), value); }
double since_origin(int64_t monotonic) { return static_cast<double>(monotonic - origin_ns.load()); }
creditlab::VcpuThread& self(const Args& args) { return *args.Env().GetInstanceData<creditlab::VcpuThread>(); }

// --- the run ---

Napi::Value Setup(const Args& args) {
  const auto cpus = args[0].As<Napi::Int32Array>();
  if (const int rc = creditlab::install_pause_handler(); rc < 0) return number(args, rc);
  creditlab::reset_refusals();
  return number(args, gate().reset(cpus.Data(), static_cast<int>(cpus.ElementLength()), creditlab::send_pause_signal));
}

Napi::Value Arm(const Args& args) {
  origin_ns = creditlab::monotonic_ns();
  gate().arm();
  return args.Env().Undefined();
}

Napi::Value ReleaseAll(const Args& args) {
  gate().release_all(creditlab::Released::ended);
  return args.Env().Undefined();
}

Napi::Value ReleasedWhy(const Args& args) { return number(args, static_cast<double>(gate().released())); }
Napi::Value Attached(const Args& args) { return number(args, gate().attached()); }
Napi::Value Violations(const Args& args) { return number(args, static_cast<double>(gate().violations())); }

Napi::Value PinFailures(const Args& args) { return number(args, static_cast<double>(gate().pin_failures())); }

// Fills (signals, errno of the last one, timers, likewise).
Napi::Value Refusals(const Args& args) {
  const creditlab::Refusals refused = creditlab::refusals();
  double* out = args[0].As<Napi::Float64Array>().Data();
  out[0] = static_cast<double>(refused.signals);
  out[1] = refused.signal_error;
  out[2] = static_cast<double>(refused.timers);
  out[3] = refused.timer_error;
  return args.Env().Undefined();
}

Napi::Value PauseSignal(const Args& args) { return number(args, creditlab::pause_signal()); }
Napi::Value UsualPauseSignal(const Args& args) { return number(args, creditlab::usual_pause_signal()); }
Napi::Value OwnsPauseSignal(const Args& args) { return boolean(args, creditlab::owns_pause_signal()); }

// Fills (errno, CPU); returns the step that failed, or 0.
Napi::Value SelfTest(const Args& args) {
  const auto cpus = args[0].As<Napi::Int32Array>();
  const creditlab::SelfTestResult result = creditlab::self_test(cpus.Data(), static_cast<int>(cpus.ElementLength()));
  int32_t* out = args[1].As<Napi::Int32Array>().Data();
  out[0] = result.error;
  out[1] = result.cpu;
  return number(args, static_cast<int>(result.failed));
}

Napi::Value Kick(const Args& args) {
  gate().kick();
  return args.Env().Undefined();
}

Napi::Value SetNaivePausing(const Args& args) {
  creditlab::set_naive_pausing(args[0].ToBoolean());
  return args.Env().Undefined();
}

// --- the loop ---

Napi::Value NowNs(const Args& args) { return number(args, since_origin(creditlab::monotonic_ns())); }

Napi::Value WaitUntil(const Args& args) {
  const double deadline = args[0].As<Napi::Number>().DoubleValue();
  const bool endless = deadline > 9e15;
  return boolean(args, creditlab::wait_and_resend_pause_signals(
                           endless ? INT64_MAX : origin_ns.load() + static_cast<int64_t>(deadline)));
}

Napi::Value Dispatch(const Args& args) {
  const int v = int_arg(args, 1);
  gate().dispatch(int_arg(args, 0), v < 0 ? kNone : v);
  return args.Env().Undefined();
}

Napi::Value Unblock(const Args& args) {
  gate().unblock(int_arg(args, 0));
  return args.Env().Undefined();
}

Napi::Value Retire(const Args& args) {
  gate().retire(int_arg(args, 0));
  return args.Env().Undefined();
}

// vCPU + 65536 × reason, or −1.
Napi::Value NextExit(const Args& args) {
  creditlab::Exit why = creditlab::Exit::none;
  const int v = gate().next_exit(why);
  return number(args, v == kNone ? -1 : v + 65536 * static_cast<int>(why));
}

Napi::Value ExitNs(const Args& args) {
  return number(args, since_origin(gate().vcpu(int_arg(args, 0)).exit_ns.load()));
}

Napi::Value WakeAtNs(const Args& args) {
  const int64_t at = gate().vcpu(int_arg(args, 0)).wake_at_ns.load();
  return number(args, at == INT64_MAX ? 1e300 : since_origin(at));
}

Napi::Value CpuNs(const Args& args) { return number(args, static_cast<double>(gate().cpu_ns(int_arg(args, 0)))); }

Napi::Value Holder(const Args& args) {
  const int v = gate().holder(int_arg(args, 0));
  return number(args, v == kNone ? -1 : v);
}

// --- the vCPU's own thread ---

Napi::Value Attach(const Args& args) {
  creditlab::set_thread_name(args[1].As<Napi::String>().Utf8Value().c_str());
  return number(args, self(args).attach(int_arg(args, 0)));
}

Napi::Value Enter(const Args& args) { return boolean(args, self(args).enter()); }

Napi::Value Checkpoint(const Args& args) {
  return boolean(args, self(args).checkpoint(static_cast<uint64_t>(int64_arg(args, 0))));
}

Napi::Value Sleep(const Args& args) {
  const double ns = args[0].As<Napi::Number>().DoubleValue();
  return boolean(args, self(args).sleep(ns < 9e15 ? static_cast<int64_t>(ns) : -1));
}

Napi::Value Yield(const Args& args) { return boolean(args, self(args).yield()); }

Napi::Value Finish(const Args& args) {
  self(args).finish(static_cast<uint64_t>(int64_arg(args, 0)));
  return args.Env().Undefined();
}

Napi::Value Leave(const Args& args) {
  self(args).leave();
  return args.Env().Undefined();
}

Napi::Value OwnCpuNs(const Args& args) { return number(args, static_cast<double>(creditlab::own_cpu_ns())); }

// --- what happened ---

// Fills (time, cpu, vcpu, kind, late, next) × n; returns n.
Napi::Value DrainFacts(const Args& args) {
  auto& ring = gate().pcpu(int_arg(args, 0)).facts;
  auto out = args[1].As<Napi::Float64Array>();
  size_t n = 0;
  creditlab::Fact fact;
  while ((n + 1) * 6 <= out.ElementLength() && ring.read(fact)) {
    double* record = out.Data() + n++ * 6;
    record[0] = since_origin(fact.time_ns);
    record[1] = static_cast<double>(fact.cpu_ns - gate().vcpu(fact.vcpu).cpu_base_ns.load());
    record[2] = fact.vcpu;
    record[3] = static_cast<double>(fact.kind);
    record[4] = static_cast<double>(fact.late_ns);
    record[5] = fact.next;
  }
  return number(args, static_cast<double>(n));
}

Napi::Value FactsDropped(const Args& args) {
  return number(args, static_cast<double>(gate().pcpu(int_arg(args, 0)).facts.dropped()));
}

// Fills (state, tid, cpu, units, start, end, deferred, overrun, retired, the thread's cpu); an instant that never came
// is −1.
Napi::Value ReadVcpu(const Args& args) {
  const int v = int_arg(args, 0);
  const auto& vcpu = gate().vcpu(v);
  double* out = args[1].As<Napi::Float64Array>().Data();
  out[0] = static_cast<double>(vcpu.state.load());
  out[1] = vcpu.tid;
  out[2] = static_cast<double>(gate().cpu_ns(v));
  out[3] = static_cast<double>(vcpu.units.load());
  out[4] = vcpu.start_ns.load() == 0 ? -1 : since_origin(vcpu.start_ns.load());
  out[5] = vcpu.end_ns.load() == 0 ? -1 : since_origin(vcpu.end_ns.load());
  out[6] = static_cast<double>(vcpu.deferred.load());
  out[7] = static_cast<double>(vcpu.overrun_ns.load());
  out[8] = vcpu.retired_ns.load() == 0 ? -1 : since_origin(vcpu.retired_ns.load());
  out[9] = static_cast<double>(gate().thread_cpu_ns(v));
  return args.Env().Undefined();
}

// --- threads ---

Napi::Value GetAffinity(const Args& args) {
  cpu_set_t cpus;
  if (const int rc = creditlab::get_affinity(int_arg(args, 0), cpus); rc < 0) return number(args, rc);
  auto list = Napi::Array::New(args.Env());
  for (size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &cpus)) list.Set(list.Length(), static_cast<double>(cpu));
  return list;
}

Napi::Value SetAffinity(const Args& args) {
  const auto list = args[1].As<Napi::Int32Array>();
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  for (size_t i = 0; i < list.ElementLength(); ++i) {
    if (list[i] < 0 || list[i] >= creditlab::kMaxHostCpus) return number(args, -EINVAL);
    CPU_SET(static_cast<size_t>(list[i]), &cpus);
  }
  return number(args, creditlab::set_affinity(int_arg(args, 0), cpus));
}

Napi::Value SetThreadName(const Args& args) {
  return number(args, creditlab::set_thread_name(args[0].As<Napi::String>().Utf8Value().c_str()));
}

Napi::Value ThreadStats(const Args& args) {
  creditlab::SchedStats stats;
  const int rc = creditlab::sched_stats(int_arg(args, 0), stats);
  if (rc == 0) {
    double* out = args[1].As<Napi::Float64Array>().Data();
    out[0] = static_cast<double>(stats.cpu_ns);
    out[1] = static_cast<double>(stats.runq_wait_ns);
    out[2] = static_cast<double>(stats.voluntary_switches);
    out[3] = static_cast<double>(stats.involuntary_switches);
  }
  return number(args, rc);
}

Napi::Value SetSchedClass(const Args& args) {
  return number(args, creditlab::set_sched_class(static_cast<creditlab::SchedClass>(int_arg(args, 0)), int_arg(args, 1),
                                                 int64_arg(args, 2)));
}

Napi::Value SetIdleClass(const Args& args) { return number(args, creditlab::set_idle_class(int_arg(args, 0))); }

Napi::Value SharpenTimers(const Args& args) { return number(args, creditlab::sharpen_timers()); }

// --- the process ---

// Returns only if it failed.
Napi::Value ExecAgain(const Args& args) {
  const auto list = args[1].As<Napi::Array>();
  std::vector<std::string> argv;
  for (uint32_t i = 0; i < list.Length(); ++i) argv.push_back(list.Get(i).As<Napi::String>().Utf8Value());
  const auto fds = args[2].As<Napi::Int32Array>();
  const std::vector<int> keep(fds.Data(), fds.Data() + fds.ElementLength());
  return number(args, creditlab::exec_again(args[0].As<Napi::String>().Utf8Value(), argv, keep));
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  // One for each thread, because each worker has an environment of its own. The destructor runs when the environment
  // ends, in whatever way.
  env.SetInstanceData(new creditlab::VcpuThread);
  const auto add = [&](const char* name, Napi::Value (*function)(const Args&)) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  add("setup", Setup);
  add("arm", Arm);
  add("releaseAll", ReleaseAll);
  add("releasedWhy", ReleasedWhy);
  add("attached", Attached);
  add("violations", Violations);
  add("pinFailures", PinFailures);
  add("refusals", Refusals);
  add("pauseSignal", PauseSignal);
  add("usualPauseSignal", UsualPauseSignal);
  add("ownsPauseSignal", OwnsPauseSignal);
  add("selfTest", SelfTest);
  add("kick", Kick);
  add("setNaivePausing", SetNaivePausing);
  add("nowNs", NowNs);
  add("waitUntil", WaitUntil);
  add("dispatch", Dispatch);
  add("unblock", Unblock);
  add("retire", Retire);
  add("nextExit", NextExit);
  add("exitNs", ExitNs);
  add("wakeAtNs", WakeAtNs);
  add("cpuNs", CpuNs);
  add("holder", Holder);
  add("attach", Attach);
  add("enter", Enter);
  add("checkpoint", Checkpoint);
  add("sleep", Sleep);
  add("yieldCpu", Yield);
  add("finish", Finish);
  add("leave", Leave);
  add("ownCpuNs", OwnCpuNs);
  add("drainFacts", DrainFacts);
  add("factsDropped", FactsDropped);
  add("readVcpu", ReadVcpu);
  add("getAffinity", GetAffinity);
  add("setAffinity", SetAffinity);
  add("setThreadName", SetThreadName);
  add("threadStats", ThreadStats);
  add("setSchedClass", SetSchedClass);
  add("setIdleClass", SetIdleClass);
  add("sharpenTimers", SharpenTimers);
  add("execAgain", ExecAgain);
  return exports;
}

}  // namespace

NODE_API_MODULE(creditlab, Init)
