// Runs small programs as if they were threads, in every order that matters: a systematic search for races, not a lottery.
//
// The programs run on threads of their own, but one at a time. At each point (the atomics of interleaved_atomic.h have one before each
// operation) the running one goes on or is preempted for any other; which, is a choice. explore() runs the programs again and again,
// once for each sequence of choices with at most `preemptions` of them being preemptions: few races need more than two.
// What it can't show is what comes of weakly ordered memory: every operation takes effect at once.
#pragma once

#include <functional>
#include <memory>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

namespace interleave {

using Program = std::function<void()>;

class Explorer {
 public:
  explicit Explorer(int preemptions) : preemptions_(preemptions) {}

  // `prepare` runs before each execution and `quiet` when no program can go on any more; `quiet` checks what must hold then and
  // lets the blocked programs end. Returns how many executions it took; stops at the first failure.
  int explore(const Program& prepare, const std::vector<Program>& programs, const Program& quiet);

  // Says what went wrong; the first time counts.
  void fail(const std::string& what);
  // Empty: nothing.
  const std::string& failure() const { return failure_; }

  // In a program: another may go on here.
  void point();
  // In a program: the others go on until `ready`.
  void wait_until(const std::function<bool()>& ready);
  // Runs in a program, without points in it.
  template <class Body>
  void silently(const Body& body) {
    const bool before = silent_;
    silent_ = true;
    body();
    silent_ = before;
  }

 private:
  struct Choice {
    size_t taken;
    size_t of;
  };
  struct Thread {
    Program program;
    std::function<bool()> blocked_until;  // empty: not blocked
    bool finished = false;
    std::binary_semaphore turn{0};
    std::thread thread;
  };

  size_t choose(size_t of);
  bool next_execution();
  bool can_go_on(size_t i);
  std::vector<size_t> others_that_can_go_on(size_t me);
  void hand_to(size_t i) { threads_[i]->turn.release(); }
  // The thread `me` can't go on: somebody else does, or all is quiet. False: it was `me` whom the quiet let go on.
  bool leave_to_others(size_t me);
  void live(size_t me);

  const int preemptions_;
  int preemptions_left_ = 0;
  std::vector<std::unique_ptr<Thread>> threads_;
  std::vector<Choice> choices_;
  size_t depth_ = 0;
  bool silent_ = true;
  bool draining_ = false;
  bool over_ = false;
  Program quiet_;
  std::binary_semaphore all_finished_{0};
  std::string failure_;
};

// What the atomics talk to; none: they are ordinary variables.
inline Explorer* explorer = nullptr;

}  // namespace interleave
