#include "interleave.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "affinity.h"

namespace interleave {
namespace {
thread_local size_t own_index = SIZE_MAX;
}  // namespace

int Explorer::explore(const Program& prepare, const std::vector<Program>& programs, const Program& quiet) {
  quiet_ = quiet;
  explorer = this;
  for (const Program& program : programs) {
    threads_.push_back(std::make_unique<Thread>());
    threads_.back()->program = program;
  }
  // Threads that run one at a time hand over several times faster on one core.
  cpu_set_t before;
  creditlab::get_affinity(0, before);
  creditlab::set_affinity(0, sched_getcpu());
  for (size_t i = 0; i < threads_.size(); ++i) threads_[i]->thread = std::thread([this, i] { live(i); });
  int executions = 0;
  do {
    ++executions;
    depth_ = 0;
    preemptions_left_ = preemptions_;
    draining_ = false;
    silent_ = true;
    for (auto& thread : threads_) thread->finished = false;
    prepare();
    silent_ = false;
    hand_to(choose(threads_.size()));
    all_finished_.acquire();
  } while (failure_.empty() && next_execution());
  over_ = true;
  for (size_t i = 0; i < threads_.size(); ++i) {
    hand_to(i);
    threads_[i]->thread.join();
  }
  creditlab::set_affinity(0, before);
  explorer = nullptr;
  return executions;
}

void Explorer::live(size_t me) {
  own_index = me;
  Thread& thread = *threads_[me];
  for (;;) {
    thread.turn.acquire();
    if (over_) return;
    thread.program();
    thread.finished = true;
    leave_to_others(me);
  }
}

void Explorer::fail(const std::string& what) {
  if (failure_.empty()) failure_ = what;
}

size_t Explorer::self() { return own_index; }

void Explorer::point() {
  if (silent_ || draining_ || own_index == SIZE_MAX) return;
  if (preemptions_left_ > 0) {
    const auto others = others_that_can_go_on(own_index);
    const size_t choice = choose(1 + others.size());
    if (choice > 0) {
      --preemptions_left_;
      hand_to(others[choice - 1]);
      threads_[own_index]->turn.acquire();
    }
  }
  if (each_point_ && !draining_) each_point_();
}

bool Explorer::happens_now() {
  if (preemptions_left_ == 0 || choose(2) == 0) return false;
  --preemptions_left_;
  return true;
}

void Explorer::wait_until(const std::function<bool()>& ready) {
  Thread& me = *threads_[own_index];
  me.blocked_until = ready;
  while (!can_go_on(own_index) && leave_to_others(own_index)) me.turn.acquire();
  me.blocked_until = nullptr;
}

bool Explorer::leave_to_others(size_t me) {
  for (;;) {
    const auto others = others_that_can_go_on(me);
    if (!others.empty()) {
      hand_to(others[choose(others.size())]);
      return true;
    }
    bool all = true;
    for (const auto& thread : threads_) all = all && thread->finished;
    if (all) {
      all_finished_.release();
      return true;
    }
    if (draining_) {
      // Threads that wait for ever can't be ended.
      fprintf(stderr, "stuck: programs still wait after they were let go%s%s\n",
              failure_.empty() ? "" : "; before that: ", failure_.c_str());
      abort();
    }
    draining_ = true;
    silently(quiet_);
    if (can_go_on(me)) return false;
  }
}

bool Explorer::can_go_on(size_t i) {
  const Thread& thread = *threads_[i];
  if (thread.finished) return false;
  if (!thread.blocked_until) return true;
  bool ready = false;
  silently([&] { ready = thread.blocked_until(); });
  return ready;
}

std::vector<size_t> Explorer::others_that_can_go_on(size_t me) {
  std::vector<size_t> out;
  for (size_t i = 0; i < threads_.size(); ++i)
    if (i != me && can_go_on(i)) out.push_back(i);
  return out;
}

size_t Explorer::choose(size_t of) {
  if (of == 1 || draining_) return 0;
  if (depth_ == choices_.size()) choices_.push_back({0, of});
  return choices_[depth_++].taken;
}

bool Explorer::next_execution() {
  choices_.resize(depth_);
  while (!choices_.empty() && choices_.back().taken + 1 == choices_.back().of) choices_.pop_back();
  if (choices_.empty()) return false;
  ++choices_.back().taken;
  return true;
}

}  // namespace interleave
