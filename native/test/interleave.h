// Runs small programs as if they were threads, in every order that matters: a systematic search for races, not a
// lottery.
//
// The programs run on threads of their own, but one at a time. At each point (the atomics of interleaved_atomic.h have
// one before each operation) the running one goes on or is preempted for any other; which, is a choice. explore() runs
// the programs again and again, once for each sequence of choices with at most `preemptions` of them being preemptions:
// few races need more than two. What it can't show is what comes of weakly ordered memory: every operation takes effect
// at once.
#pragma once

#include <semaphore.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace interleave {

using Program = std::function<void()>;

// Unlike the C++ library's semaphore, this one never spins: the threads that take turns share one core.
class Turn {
 public:
  Turn() { sem_init(&semaphore_, 0, 0); }
  ~Turn() { sem_destroy(&semaphore_); }
  void release() { sem_post(&semaphore_); }
  void acquire() {
    while (sem_wait(&semaphore_) != 0) continue;
  }

 private:
  sem_t semaphore_;
};

class Explorer {
 public:
  explicit Explorer(int preemptions) : preemptions_(preemptions) {}

  // `prepare` runs before each execution and `quiet` when no program can go on any more; `quiet` checks what must hold
  // then and lets the blocked programs end. Returns how many executions it took; stops at the first failure.
  int explore(const Program& prepare, const std::vector<Program>& programs, const Program& quiet);

  // Says what went wrong; the first time counts.
  void fail(const std::string& what);
  // Empty: nothing.
  const std::string& failure() const { return failure_; }

  // In a program: another may go on here.
  void point();
  // In a program: whether an event happens here that may as well happen later. Costs a preemption.
  bool happens_now();
  // At each point, in the thread that goes on there: the place to run signal handlers.
  void at_each_point(const Program& program) { each_point_ = program; }
  // In a program: the others go on until `ready`.
  void wait_until(const std::function<bool()>& ready);
  // In a program: which one, in the order of explore()'s list.
  static size_t self();
  // The quiet has come, and the programs are on their way out.
  bool draining() const { return draining_; }
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
    Turn turn;
    std::thread thread;
  };

  size_t choose(size_t of);
  bool next_execution();
  bool can_go_on(size_t i);
  std::vector<size_t> others_that_can_go_on(size_t me);
  void hand_to(size_t i) { threads_[i]->turn.release(); }
  // The thread `me` can't go on. Another one does, or all is quiet and `quiet` runs. False: `quiet` has unblocked `me`
  // itself.
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
  Program each_point_;
  Turn all_finished_;
  std::string failure_;
};

// What the atomics talk to; none: they are ordinary variables.
inline Explorer* explorer = nullptr;

}  // namespace interleave
